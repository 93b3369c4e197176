import makeSynchronous from 'make-synchronous'

const hash = makeSynchronous(async text => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Buffer.from(digest).toString('hex').slice(0, 8)
})
console.log(hash('x')) // prints: 2d711642
