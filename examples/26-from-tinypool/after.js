import { createPool } from '@bridge/pool'

const pool = createPool({ minThreads: 1, maxThreads: 2 })
const { add } = pool.import(new URL('./tasks.js', import.meta.url))

console.log(await add(1, 2)) // prints: 3
console.log(await add(3, 4)) // prints: 7
await pool.recycle()
console.log(await add(5, 6)) // prints: 11

await pool.close()
