import { createServer } from 'node:http'
import { createPool } from '@bridge/pool'
import { registry, watch } from './metrics.js'

export const pool = createPool({ name: 'primes', minThreads: 1, maxThreads: 2 })
watch(pool)
const { countPrimes } = pool.import(new URL('./tasks.js', import.meta.url))

export const server = createServer(async (request, response) => {
  if (request.url !== '/metrics') return response.end(`${await countPrimes(10_000)}\n`)
  response.setHeader('content-type', registry.contentType)
  response.end(await registry.metrics())
})

server.listen(process.env.PORT ?? 3000)
