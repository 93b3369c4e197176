import { serve } from '@hono/node-server'
import { app, pool } from './app.js'

const server = serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) }, ({ port }) => {
  console.log(`http://localhost:${port}/hash/x`)
})

process.once('SIGTERM', () => {
  server.close(() => pool.close({ timeout: 10_000 }))
})
