import { Worker } from 'bullmq'
import { tryWorker } from './jobs.js'

const processor = new URL('./processor.js', import.meta.url)

// A file instead of a function: BullMQ runs it in a thread of its own.
await tryWorker(
  'before',
  (name, connection) => new Worker(name, processor, { connection, useWorkerThreads: true })
)
// prints: 50
// prints: 100
// prints: 500500
