import { createPool, notify } from '@bridge/pool'
import { Worker } from 'bullmq'
import { tryWorker } from './jobs.js'

const pool = createPool()
const { sum } = pool.import(new URL('./tasks.js', import.meta.url))

// The processor is a function of this process, which calls the heavy function on the pool.
const process = job =>
  sum(
    job.data.limit,
    notify(percent => job.updateProgress(percent))
  ).with({ timeout: 60_000 })

await tryWorker('after', (name, connection) => new Worker(name, async job => process(job), { connection }))
// prints: 50
// prints: 100
// prints: 500500

await pool.close()
