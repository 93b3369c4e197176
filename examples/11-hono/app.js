import { CallTimeoutError, createPool, QueueFullError, runScope } from '@bridge/pool'
import { Hono } from 'hono'

export const pool = createPool({ maxQueue: 1000 })
const { hash } = pool.import(new URL('./hashes.js', import.meta.url))

export const app = new Hono()

// Calls of a request have a limit of two seconds, and are stopped when the client disconnects.
app.use((c, next) => runScope({ timeout: 2000, signal: c.req.raw.signal }, next))

app.get('/hash/:text', async c =>
  c.text(await hash(c.req.param('text'), Number(c.req.query('rounds') ?? 1000)))
)

app.onError((error, c) => {
  if (error instanceof CallTimeoutError) return c.body(null, 504)
  if (error instanceof QueueFullError) return c.body(null, 503, { 'Retry-After': '1' })
  throw error
})
