import { createPool, loop } from '@bridge/pool'

const url = new URL('./tasks.ts', import.meta.url)

const pool = createPool()
const tasks = pool.import<typeof import('./tasks.ts')>(url)

const length: number = await tasks.distance({ x: 0, y: 0 }, { x: 3, y: 4 })
console.log(length) // prints: 5
for await (const { x } of tasks.walk({ x: 0, y: 0 }, 2)) console.log(x)
// prints: 1
// prints: 2

const cursor = new tasks.Cursor({ x: 1, y: 1 })
console.log(await cursor.move({ x: 1, y: 0 })) // prints: { x: 2, y: 1 }
await cursor[Symbol.asyncDispose]()

// Plain blocking functions of the same module, with their types.
const { distance } = loop.importSync<typeof import('./tasks.ts')>(url)
console.log(distance({ x: 0, y: 0 }, { x: 6, y: 8 })) // prints: 10

await pool.close()
