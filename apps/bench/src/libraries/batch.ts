import { Worker } from 'node:worker_threads'
import type { Library } from '../harness/work.js'
import type { TaskName } from '../workers/tasks.js'
import { workerUrl } from './url.js'

/** A message of many calls, or of many results: alternately an id and its input or result. */
export type Records = unknown[]

/** The calls that wait to be sent to a worker. */
class Batch {
  readonly worker = new Worker(workerUrl('batch'))
  #records: Records = []

  constructor(
    readonly task: TaskName,
    take: (id: number, answer: unknown) => void
  ) {
    this.worker.on('message', (answers: Records) => {
      for (let n = 0; n < answers.length; n += 2) take(answers[n] as number, answers[n + 1])
    })
  }

  add(id: number, input: unknown): void {
    if (this.#records.push(id, input) === 2) queueMicrotask(() => this.#send())
  }

  #send(): void {
    const records = this.#records
    this.#records = []
    this.worker.postMessage({ task: this.task, records })
  }
}

/**
 * Two workers, and one message for all calls that are made for a worker in one turn of the event loop: the minimum cost of many
 * concurrent awaited calls.
 */
export const batchedMessages: Library<Promise<unknown>> = {
  name: 'bare batch',
  role: 'limit',
  open(task) {
    const waiting = new Map<number, (answer: unknown) => void>()
    const take = (id: number, answer: unknown): void => {
      waiting.get(id)?.(answer)
      waiting.delete(id)
    }
    const batches = [0, 1].map(() => new Batch(task, take))
    let sent = 0
    return {
      call(input) {
        const id = sent++
        return new Promise(resolve => {
          waiting.set(id, resolve)
          batches[id % 2]?.add(id, input)
        })
      },
      async close() {
        await Promise.all(batches.map(({ worker }) => worker.terminate()))
      }
    }
  }
}
