import { once } from 'node:events'
import { deserialize } from 'node:v8'
import type { Library } from '../harness/work.js'
import type { Streamer } from '../rows/stream-contestants.js'
import type { Item } from '../workers/streams.js'
import { Bed, type EngineName } from './servers.js'

/** Uses the engine's own client: a request, or rows in batches. */
interface Bare {
  call(input: number): Promise<number>
  rows(from: number, count: number): AsyncIterable<unknown>
  close(): Promise<unknown>
}

const open: Record<EngineName, (url: string) => Promise<Bare>> = { nats: openNats, bullmq: openBullmq }

/** Their names in the rows. */
export const bareCall = { nats: "NATS's own request", bullmq: 'add and waitUntilFinished' } as const
export const bareRows = { nats: 'batches of 1,024 over NATS', bullmq: 'batches of 1,024 over Redis' } as const

/** What a call is called that a thread answers. */
export const threadCall = (engine: EngineName): string => `${bareCall[engine]}, answered by a thread`

/** A call by the engine's own client; a thread that answers it is reached by plain messages. */
export function bareLibrary(
  engine: EngineName,
  where: 'main' | 'thread' = 'main'
): Library<Promise<unknown>> {
  return {
    name: where === 'main' ? bareCall[engine] : threadCall(engine),
    role: 'limit',
    async open() {
      const { bare, close } = await ready(engine, where)
      return { call: bare.call, close }
    }
  }
}

/** Rows in messages of the engine, without credit, errors or a way to stop them. */
export function bareStreamer(engine: EngineName): Streamer {
  let opened: Awaited<ReturnType<typeof ready>> | undefined
  return {
    name: bareRows[engine],
    role: 'limit',
    async setup() {
      opened = await ready(engine, 'main')
    },
    open: (from, count) => opened?.bare.rows(from, count) ?? [],
    teardown: () => opened?.close()
  }
}

async function ready(
  engine: EngineName,
  where: 'main' | 'thread'
): Promise<{ bare: Bare; close(): Promise<void> }> {
  const bed = await Bed.open(engine)
  await bed.startBare(engine, where)
  const bare = await open[engine](bed.url)
  return {
    bare,
    async close() {
      await bare.close()
      await bed.close()
    }
  }
}

async function openNats(url: string): Promise<Bare> {
  const { connect, createInbox } = await import('@nats-io/transport-node')
  const connection = await connect({ servers: url })
  return {
    call: async input =>
      (await connection.request('next', JSON.stringify(input), { timeout: 10_000 })).json<number>(),
    async *rows(from, count) {
      const inbox = createInbox()
      const messages = connection.subscribe(inbox)
      connection.publish('rows', JSON.stringify({ from, count, to: '' }), { reply: inbox })
      let arrived = 0
      for await (const { data } of messages) {
        const batch = deserialize(data) as Item[]
        arrived += batch.length
        yield* batch
        if (arrived >= count) break
      }
    },
    close: () => connection.close()
  }
}

async function openBullmq(url: string): Promise<Bare> {
  const [{ Queue, QueueEvents }, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')])
  const connection = { host: '127.0.0.1', port: Number(new URL(url).port), maxRetriesPerRequest: null }
  const queue = new Queue<number, number>('next', { connection })
  const events = new QueueEvents('next', { connection })
  await events.waitUntilReady()
  // One listener for each call in flight.
  events.setMaxListeners(0)
  queue.setMaxListeners(0)
  const [publisher, subscriber] = [new Redis(connection), new Redis(connection)]
  let streams = 0
  return {
    async call(input) {
      const job = await queue.add('next', input, { removeOnComplete: { count: 10_000 } })
      return (await job.waitUntilFinished(events)) as number
    },
    async *rows(from, count) {
      const to = `rows ${streams++}`
      await subscriber.subscribe(to)
      const arriving: Buffer[] = []
      const onMessage = (channel: Buffer, data: Buffer): void => {
        if (channel.toString() === to) arriving.push(data)
      }
      subscriber.on('messageBuffer', onMessage)
      try {
        await publisher.publish('rows', JSON.stringify({ from, count, to }))
        for (let arrived = 0; arrived < count; ) {
          const next = arriving.shift()
          if (next === undefined) {
            await once(subscriber, 'messageBuffer')
            continue
          }
          const batch = deserialize(next) as Item[]
          arrived += batch.length
          yield* batch
        }
      } finally {
        subscriber.off('messageBuffer', onMessage)
        await subscriber.unsubscribe(to)
      }
    },
    async close() {
      await Promise.all([queue.close(), events.close(), publisher.quit(), subscriber.quit()])
    }
  }
}
