import { createPool, notify } from '@bridge/pool'

const pool = createPool({ minThreads: 1, maxThreads: 2 })
const tasks = pool.import(new URL('./tasks.js', import.meta.url))

console.log(await tasks.add(1, 2)) // prints: 3
console.log(await tasks.add(3, 4)) // prints: 7

let last = 0
await tasks.convert(
  3,
  notify(page => {
    last = page
  })
)
console.log(last) // prints: 3

console.log(
  await tasks
    .forever()
    .with({ timeout: 200 })
    .catch(error => error.code)
) // prints: BRIDGE_TIMEOUT

await pool.close()
