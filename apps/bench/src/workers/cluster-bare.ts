import { serialize } from 'node:v8'
import { Worker as Thread } from 'node:worker_threads'
import { item } from './streams.js'

/*
 * The worker of an engine without bridge: answers a number with the next one, and a request for rows with batches of them.
 */

/** The number of rows in a message. */
export const BATCH = 1024

interface Rows {
  readonly from: number
  readonly count: number
  readonly to: string
}

const [, , engine, url = '', where] = process.argv
/** Answers a number: here, or in a thread by plain messages, one for each. */
const next = where === 'thread' ? inThread() : async (input: number): Promise<number> => input + 1
if (engine === 'nats') await serveNats()
if (engine === 'bullmq') await serveBullmq()

async function serveNats(): Promise<void> {
  const { connect } = await import('@nats-io/transport-node')
  const connection = await connect({ servers: url })
  connection.subscribe('next', {
    queue: 'bare',
    callback: (_error, message) => {
      void next(message.json<number>()).then(answer => message.respond(JSON.stringify(answer)))
    }
  })
  connection.subscribe('rows', {
    callback: (_error, message) => {
      for (const batch of batches(message.json<Rows>())) connection.publish(message.reply ?? '', batch)
    }
  })
  await connection.flush()
  process.stdout.write('ready\n')
}

async function serveBullmq(): Promise<void> {
  const [{ Worker }, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')])
  const connection = { host: '127.0.0.1', port: Number(new URL(url).port), maxRetriesPerRequest: null }
  const worker = new Worker<number, number>('next', job => next(job.data), { connection })
  await worker.waitUntilReady()
  const [publisher, subscriber] = [new Redis(connection), new Redis(connection)]
  await subscriber.subscribe('rows')
  subscriber.on('message', (_channel, message) => {
    const rows = JSON.parse(message) as Rows
    for (const batch of batches(rows)) void publisher.publish(rows.to, batch)
  })
  process.stdout.write('ready\n')
}

function inThread(): (input: number) => Promise<number> {
  const source =
    "const { parentPort } = require('node:worker_threads'); parentPort.on('message', n => parentPort.postMessage(n + 1))"
  const thread = new Thread(source, { eval: true })
  // Answers come in the order of the questions.
  const waiting: ((answer: number) => void)[] = []
  thread.on('message', answer => waiting.shift()?.(answer))
  return input =>
    new Promise(resolve => {
      waiting.push(resolve)
      thread.postMessage(input)
    })
}

function* batches({ from, count }: Rows): Generator<Buffer> {
  for (let made = 0; made < count; made += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, count - made) }, (_, n) => item(from + made + n))
    yield serialize(rows)
  }
}
