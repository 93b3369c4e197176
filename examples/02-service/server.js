import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CallTimeoutError, createPool, runScope } from '@bridge/pool'

export const pool = createPool()
const tasks = pool.import(new URL('./tasks.js', import.meta.url))

async function answer(url, response) {
  const limit = Number(url.searchParams.get('limit') ?? 1e6)
  if (url.pathname === '/count') response.end(`${await tasks.countPrimes(limit)}\n`)
  else if (url.pathname === '/primes') await pipeline(Readable.from(linesOf(tasks.primes(limit))), response)
  else response.end('light\n')
}

async function* linesOf(numbers) {
  for await (const n of numbers) yield `${n}\n`
}

export const server = createServer(async (request, response) => {
  const client = new AbortController()
  response.once('close', () => client.abort())
  try {
    // Every call made inside has a limit of two seconds, and is stopped when the client disconnects.
    await runScope({ timeout: 2000, signal: client.signal }, () =>
      answer(new URL(request.url, 'http://localhost'), response)
    )
  } catch (error) {
    if (client.signal.aborted) return
    response.statusCode = error instanceof CallTimeoutError ? 504 : 500
    response.end(`${error.message}\n`)
  }
})

server.listen(process.env.PORT ?? 3000, () => {
  console.error(`http://localhost:${server.address().port}/count?limit=1000000`)
})

process.once('SIGTERM', async () => {
  server.close()
  await pool.close({ timeout: 10_000 })
})
