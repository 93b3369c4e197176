import { createPool } from '@bridge/pool'

const pool = createPool({ minThreads: 1, maxThreads: 2, maxQueue: 100, idleTimeout: 60_000 })
const { add, forever } = pool.import(new URL('./tasks.js', import.meta.url))

console.log(await add(1, 2)) // prints: 3
console.log(await add(3, 4)) // prints: 7

console.log(
  await forever()
    .with({ timeout: 200 })
    .catch(error => error.code)
) // prints: BRIDGE_TIMEOUT
console.log(pool.stats().run.count) // prints: 2

await pool.close()
