import { app, pool } from './app.js'

const server = app.listen(process.env.PORT ?? 3000, () => {
  console.log(`http://localhost:${server.address().port}/hash/x`)
})

process.once('SIGTERM', () => {
  server.close(() => pool.close({ timeout: 10_000 }))
})
