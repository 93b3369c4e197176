import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { workerUrl } from '../libraries/url.js'
import type { RawStreamRequest } from '../workers/raw-stream.js'
import type { Streamer } from './stream-contestants.js'

/*
 * Streams by `postMessage` alone: no credit, no errors, no stopping. Their cost is that of the messages.
 */

/** One message an item, iterated by `for await`. */
export function messageAnItem(kind: RawStreamRequest['kind']): Streamer {
  let worker: Worker | undefined
  return {
    name: 'one message an item',
    role: 'limit',
    // It takes ten times as long as the others, which would then play fewer rounds.
    atMost: 20_000,
    setup() {
      worker = new Worker(workerUrl('raw-stream'), { workerData: newWord() })
    },
    open(from, count) {
      const arrived: unknown[] = []
      let wake: ((result: IteratorResult<unknown, undefined>) => void) | undefined
      let taken = 0
      const take = (value: unknown): void => {
        arrived.push(value)
        wake?.({ done: false, value })
        wake = undefined
      }
      worker?.on('message', take)
      worker?.postMessage({ kind, from, count, batch: 1 } satisfies RawStreamRequest)
      const next = (): Promise<IteratorResult<unknown, undefined>> => {
        if (taken === count) {
          worker?.off('message', take)
          return Promise.resolve({ done: true, value: undefined })
        }
        taken += 1
        // `taken` is the index of the next waiting item, because shifting a long array would cost more.
        if (taken <= arrived.length) return Promise.resolve({ done: false, value: arrived[taken - 1] })
        return new Promise(resolve => {
          wake = resolve
        })
      }
      return { [Symbol.asyncIterator]: () => ({ next }) }
    },
    async teardown() {
      await worker?.terminate()
    }
  }
}

/** Batches of 1,024 from an async generator, iterated by a blocking `for`. */
export const blockingBatches: Streamer = (() => {
  const word = newWord()
  let worker: Worker | undefined
  const { port1, port2 } = new MessageChannel()
  port1.unref()
  return {
    name: 'bare batches of 1,024',
    role: 'limit' as const,
    setup() {
      worker = new Worker(workerUrl('raw-stream'), { workerData: word })
      worker.postMessage({ port: port2 }, [port2])
    },
    *open(from: number, count: number) {
      port1.postMessage({ kind: 'numbers', from, count, batch: 1024 } satisfies RawStreamRequest)
      for (let received = 0; received < count; ) {
        const seen = Atomics.load(word, 0)
        const next = receiveMessageOnPort(port1)
        if (next === undefined) {
          Atomics.wait(word, 0, seen)
          continue
        }
        const batch = next.message as unknown[]
        received += batch.length
        yield* batch
      }
    },
    async teardown() {
      await worker?.terminate()
    }
  }
})()

function newWord(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4))
}
