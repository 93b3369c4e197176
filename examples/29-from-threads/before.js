import { Pool, spawn, Thread, Worker } from 'threads'

const worker = await spawn(new Worker('./worker.js'))
console.log(await worker.double(21)) // prints: 42
console.log(
  await new Promise(resolve => {
    const items = []
    worker.count(3).subscribe(
      item => items.push(item),
      null,
      () => resolve(items)
    )
  })
) // prints: [ 1, 2, 3 ]
await Thread.terminate(worker)

const pool = Pool(() => spawn(new Worker('./worker.js')), 2)
console.log(await pool.queue(({ double }) => double(4))) // prints: 8
process.exit() // also ends the pool's threads
