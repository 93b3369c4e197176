import { app } from './app.js'

console.log((await app.inject('/hash/x?rounds=1000')).body) // prints: 9cf1e263
console.log((await app.inject('/hash/x?rounds=1e9')).statusCode) // prints: 504
await app.close()
