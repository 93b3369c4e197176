import { CallTimeoutError, createPool, QueueFullError, runScope } from '@bridge/pool'
import express from 'express'

export const pool = createPool({ maxQueue: 1000 })
const { hash } = pool.import(new URL('./hashes.js', import.meta.url))

export const app = express()

// Calls of a request have a limit of two seconds, and are stopped when the client disconnects.
app.use((_request, response, next) => {
  const client = new AbortController()
  response.once('close', () => client.abort())
  runScope({ timeout: 2000, signal: client.signal }, () => next())
})

app.get('/hash/:text', async (request, response) => {
  response.send(await hash(request.params.text, Number(request.query.rounds ?? 1000)))
})

app.use((error, _request, response, next) => {
  if (response.headersSent || response.closed) return next(error)
  if (error instanceof CallTimeoutError) return response.status(504).end()
  if (error instanceof QueueFullError) return response.status(503).set('Retry-After', '1').end()
  next(error)
})
