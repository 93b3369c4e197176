import { app, pool } from './app.js'

console.log(await (await app.request('/hash/x?rounds=1000')).text()) // prints: 9cf1e263
console.log((await app.request('/hash/x?rounds=1e9')).status) // prints: 504
await pool.close()
