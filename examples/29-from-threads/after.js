import { createPool } from '@bridge/pool'

const pool = createPool({ maxThreads: 2 })
const tasks = pool.import(new URL('./tasks.js', import.meta.url))

console.log(await tasks.double(21)) // prints: 42
const items = []
for await (const item of tasks.count(3)) items.push(item)
console.log(items) // prints: [ 1, 2, 3 ]
console.log(await tasks.double(4)) // prints: 8

await pool.close()
