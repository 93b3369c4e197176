import { createPool, parallelMap } from '@bridge/pool'

const pool = createPool({ minThreads: 2, maxThreads: 2, maxQueue: 8, idleTimeout: 60_000 })
await pool.warmUp() // so that the first call does not wait for a thread to start
const { work } = pool.import(new URL('./tasks.js', import.meta.url))

// Calls beyond the queue's bound are refused at once: better than a queue that grows without end.
const settled = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => work(n, 20)))
const refused = settled.filter(({ reason }) => reason?.code === 'BRIDGE_QUEUE_FULL').length
console.log(refused > 0, settled.length - refused >= 8) // prints: true true

// If all the work has to be done, make each call only when another has ended.
const all = await parallelMap(Array.from({ length: 20 }).keys(), n => work(n, 5), { concurrency: 4 })
console.log(all.length) // prints: 20

// Of the calls in the queue, the one with the highest priority goes first.
const order = []
const named = (name, options = {}) =>
  work(name, 20)
    .with(options)
    .then(done => order.push(done))
const batch = [1, 2, 3, 4, 5, 6].map(n => named(`batch ${n}`, { priority: -1 }))
await Promise.all([...batch, named('urgent', { priority: 1 })])
console.log(order.indexOf('urgent') < order.indexOf('batch 6')) // prints: true

const { wait, run, utilization } = pool.stats()
console.log(run.count === wait.count, run.p50 >= 5, utilization > 0) // prints: true true true

await pool.close()
