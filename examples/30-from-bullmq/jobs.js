import { Queue, QueueEvents } from 'bullmq'

const { REDIS_PORT = 6379 } = process.env

/** Makes a queue and a worker with this processor, adds one job, and prints its progress and result. */
export async function tryWorker(name, makeWorker) {
  const connection = { host: '127.0.0.1', port: Number(REDIS_PORT), maxRetriesPerRequest: null }
  const queue = new Queue(name, { connection })
  const events = new QueueEvents(name, { connection })
  events.on('progress', ({ data }) => console.log(data))
  await events.waitUntilReady()
  const worker = makeWorker(name, connection)
  const job = await queue.add('sum', { limit: 1000 })
  console.log(await job.waitUntilFinished(events))
  await worker.close()
  await events.close()
  await queue.obliterate({ force: true })
  await queue.close()
}
