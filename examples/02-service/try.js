import { once } from 'node:events'

process.env.PORT = '0'
const { pool, server } = await import('./server.js')
if (!server.listening) await once(server, 'listening')
const ask = async path => {
  const response = await fetch(`http://localhost:${server.address().port}${path}`)
  return `${response.status} ${(await response.text()).trim().replaceAll('\n', ' ')}`
}

const heavy = ask('/count?limit=200000')
console.log(await ask('/')) // prints: 200 light
console.log(await heavy) // prints: 200 17984
console.log(await ask('/primes?limit=10')) // prints: 200 2 3 5 7
console.log(await ask('/count?limit=1e12')) // prints: 504 countPrimes() did not finish before the deadline of its scope

server.close()
server.closeAllConnections()
await pool.close()
