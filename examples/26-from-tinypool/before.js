import Tinypool from 'tinypool'

const pool = new Tinypool({
  filename: new URL('./worker.js', import.meta.url).href,
  minThreads: 1,
  maxThreads: 2,
  isolateWorkers: false
})

console.log(await pool.run({ a: 1, b: 2 })) // prints: 3
console.log(await pool.run({ a: 3, b: 4 }, { name: 'add' })) // prints: 7
await pool.recycleWorkers()
console.log(await pool.run({ a: 5, b: 6 })) // prints: 11

await pool.destroy()
