import { Piscina } from 'piscina'

const piscina = new Piscina({
  filename: new URL('./worker.js', import.meta.url).href,
  minThreads: 1,
  maxThreads: 2,
  maxQueue: 100,
  idleTimeout: 60_000
})

console.log(await piscina.run({ a: 1, b: 2 })) // prints: 3
console.log(await piscina.run({ a: 3, b: 4 }, { name: 'add' })) // prints: 7

const signal = AbortSignal.timeout(200)
console.log(await piscina.run(null, { name: 'forever', signal }).catch(error => error.name)) // prints: AbortError
console.log(piscina.completed >= 2) // prints: true

await piscina.close()
