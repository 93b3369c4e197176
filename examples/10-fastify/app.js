import { CallTimeoutError, createPool, QueueFullError, runScope } from '@bridge/pool'
import fastify from 'fastify'

const pool = createPool({ maxQueue: 1000 })
const { hash } = pool.import(new URL('./hashes.js', import.meta.url))

export const app = fastify()

// Calls of a request have a limit of two seconds, and are stopped when the client disconnects.
app.addHook('onRequest', (_request, reply, next) => {
  const client = new AbortController()
  reply.raw.once('close', () => client.abort())
  runScope({ timeout: 2000, signal: client.signal }, next)
})

app.get('/hash/:text', async request => hash(request.params.text, Number(request.query.rounds ?? 1000)))

app.setErrorHandler((error, _request, reply) => {
  if (error instanceof CallTimeoutError) return reply.code(504).send()
  if (error instanceof QueueFullError) return reply.code(503).header('Retry-After', '1').send()
  return reply.send(error)
})

app.addHook('onClose', () => pool.close({ timeout: 10_000 }))
