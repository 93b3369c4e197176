import { app } from './app.js'

console.log(`${await app.listen({ port: Number(process.env.PORT ?? 3000) })}/hash/x`)
process.once('SIGTERM', () => app.close())
