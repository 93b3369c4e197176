import { once } from 'node:events'

process.env.PORT = '0'
const { pool, server } = await import('./server.js')
if (!server.listening) await once(server, 'listening')
const ask = async path => (await fetch(`http://localhost:${server.address().port}${path}`)).text()

console.log((await ask('/')).trim()) // prints: 1229
const metrics = (await ask('/metrics')).split('\n')
const show = name => console.log(metrics.find(line => line.startsWith(name)))
show('bridge_call_seconds_count') // prints: bridge_call_seconds_count{task="countPrimes",executor="primes"} 1
show('bridge_pool_threads') // prints: bridge_pool_threads 1
show('bridge_pool_queued') // prints: bridge_pool_queued 0

server.close()
server.closeAllConnections()
await pool.close()
