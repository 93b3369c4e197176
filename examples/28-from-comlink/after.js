import { createPool, read } from '@bridge/pool'

const pool = createPool()
const tasks = pool.import(new URL('./tasks.js', import.meta.url))

console.log(await tasks.double(21)) // prints: 42

const counter = new tasks.Counter()
console.log(await counter.add(2)) // prints: 2
console.log(await read(counter, 'count')) // prints: 2
await counter[Symbol.asyncDispose]()

const seen = []
await tasks.each(2, item => {
  seen.push(item)
})
console.log(seen) // prints: [ 1, 2 ]

await pool.close()
