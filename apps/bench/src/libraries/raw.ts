import { Worker } from 'node:worker_threads'
import type { Library } from '../harness/work.js'
import { workerUrl } from './url.js'

/** Two workers and only `postMessage`: the minimum cost of an awaited call. */
export const rawMessages: Library<Promise<unknown>> = {
  name: 'bare postMessage',
  role: 'limit',
  open(task) {
    const waiting = new Map<number, (answer: unknown) => void>()
    const workers = [0, 1].map(() => {
      const worker = new Worker(workerUrl('raw'))
      worker.on('message', ([id, answer]: [number, unknown]) => {
        waiting.get(id)?.(answer)
        waiting.delete(id)
      })
      return worker
    })
    let sent = 0
    return {
      call(input) {
        const id = sent++
        return new Promise(resolve => {
          waiting.set(id, resolve)
          workers[id % 2]?.postMessage([id, task, input])
        })
      },
      async close() {
        await Promise.all(workers.map(worker => worker.terminate()))
      }
    }
  }
}

const REQUEST = 0
const REPLY = 1
const MODE = 2

/** A round trip over shared words: the minimum cost of a blocking call; it can carry only one number. */
export function rawAtomics(how: 'parked' | 'spinning'): Library<unknown> {
  return {
    name: `Atomics, ${how}`,
    role: 'limit',
    // On a busy machine a spinning pair may wait for a core for milliseconds, each time.
    ...(how === 'spinning' ? { atMost: 100 } : {}),
    open() {
      const words = new Int32Array(new SharedArrayBuffer(12))
      const worker = new Worker(workerUrl('atomics'), { workerData: words })
      let spinsUntil: NodeJS.Immediate | undefined
      return {
        call(input: number) {
          if (how === 'spinning' && spinsUntil === undefined) {
            Atomics.store(words, MODE, 1)
            // The event loop turns after the contestant's turn; then the worker parks.
            spinsUntil = setImmediate(() => {
              Atomics.store(words, MODE, 0)
              spinsUntil = undefined
            })
          }
          const before = Atomics.load(words, REPLY)
          Atomics.store(words, REQUEST, input)
          Atomics.notify(words, REQUEST)
          while (Atomics.load(words, REPLY) === before) {
            if (how === 'parked') Atomics.wait(words, REPLY, before)
          }
          return Atomics.load(words, REPLY)
        },
        close: async () => {
          await worker.terminate()
        }
      }
    }
  }
}
