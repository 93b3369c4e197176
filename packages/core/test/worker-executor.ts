import { Worker } from 'node:worker_threads'
import { CallAbortedError, CannotBlockError, WorkerLostError } from '@bridge/core'
import * as author from '@bridge/core/executor'

/** How this executor may be wrong: it discards the calls of a worker that ended, those cancelled in its queue, or an answer. */
export type Fault = 'forgets lost calls' | 'forgets cancelled calls' | 'loses answers'

interface Settle {
  resolve(value: unknown): void
  reject(error: unknown): void
}

interface Waiting {
  readonly priority: number
  send(): void
}

/** An executor as another author may write it: one worker thread, one call at a time, the others waiting by priority. */
export class WorkerExecutor extends author.AbstractExecutor {
  readonly name = 'worker'
  readonly canBlock = false
  readonly place = 'elsewhere'
  readonly #running = new author.RunningTasks(this)
  readonly #asked = new Map<number, Settle & { readonly name: string }>()
  readonly #fault: Fault | undefined
  #queue: Waiting[] = []
  #worker: Worker | undefined
  #lastId = 0
  #isBusy = false

  constructor(fault?: Fault) {
    super()
    this.#fault = fault
  }

  start(task: author.Task): author.Run {
    return this.#running.add(task, () => this.#run(task))
  }

  runSync(task: author.Task): never {
    throw new CannotBlockError(`${task.name}(): worker can't block`)
  }

  async close(): Promise<void> {
    await this.#running.close()
    await this.#worker?.terminate()
  }

  #run(task: author.Task): author.Run {
    const { name, module, context, deadline } = task
    let state: 'waiting' | 'sent' | 'settled' = 'waiting'
    let settle!: Settle
    const promise = new Promise((resolve, reject) => {
      settle = { resolve, reject }
    })
    const end = (act: () => void): void => {
      watch.stop()
      state = 'settled'
      act()
    }
    const job: Waiting = {
      priority: task.priority ?? 0,
      send: async () => {
        state = 'sent'
        this.#isBusy = true
        try {
          const value = await this.#ask(name, { name, module, args: task.args, context, deadline })
          end(() => settle.resolve(value))
        } catch (error) {
          end(() => settle.reject(error))
        }
        this.#isBusy = false
        this.#next()
      }
    }
    const cancel = (reason: unknown = new CallAbortedError(`${name}() was cancelled`)): void => {
      if (state === 'settled') return
      const wasSent = state === 'sent'
      this.#queue = this.#queue.filter(one => one !== job)
      if (wasSent || this.#fault !== 'forgets cancelled calls') end(() => settle.reject(reason))
      // A running task can't be stopped in another way.
      if (wasSent) this.#worker?.terminate()
    }
    const watch = author.watchLimits(task, cancel)
    const reached = author.limitReached(task)
    if (reached !== undefined) cancel(reached.reason)
    else {
      const place = this.#queue.findIndex(one => one.priority < job.priority)
      this.#queue.splice(place === -1 ? this.#queue.length : place, 0, job)
      this.#next()
    }
    const waitSync = (): never => this.runSync(task)
    return { promise, cancel, waitSync }
  }

  #next(): void {
    if (!this.#isBusy) this.#queue.shift()?.send()
  }

  /** Sends a request to the worker, and returns its answer. */
  #ask(name: string, question: object): Promise<unknown> {
    const id = ++this.#lastId
    const answer = new Promise((resolve, reject) => this.#asked.set(id, { name, resolve, reject }))
    try {
      this.#started().postMessage({ id, question, mayFail: this.#fault === 'loses answers' })
    } catch (cause) {
      this.#settle(id, ({ reject }) => reject(author.notCloneable(`${name}()`, 'args', question, cause)))
    }
    return answer
  }

  #settle(id: number, act: (one: Settle & { name: string }) => void): void {
    const one = this.#asked.get(id)
    this.#asked.delete(id)
    if (one !== undefined) act(one)
  }

  #started(): Worker {
    if (this.#worker !== undefined) return this.#worker
    const worker = new Worker(new URL('./fixtures/worker-executor.mjs', import.meta.url))
    let cause: unknown
    this.#worker = worker
    worker.unref()
    worker.on('message', ({ id, error, type, value }) => {
      this.#settle(id, ({ name, resolve, reject }) => {
        if (error !== undefined) reject(author.decodeThrown(error))
        else resolve(type === 'stream' ? this.#stream(name, id) : value)
      })
    })
    worker.on('error', error => {
      cause = error
    })
    worker.on('exit', code => {
      this.#worker = undefined
      if (this.#fault === 'forgets lost calls') return
      for (const { name, reject } of this.#asked.values()) {
        reject(new WorkerLostError(`${name}() ended with its worker (code ${code})`, { cause }))
      }
      this.#asked.clear()
    })
    return worker
  }

  #stream(name: string, stream: number): author.StreamSource {
    const worker = this.#worker
    const step = (how: string) => async (value?: unknown) => {
      if (this.#worker !== worker) throw new WorkerLostError(`the stream of ${name}() ended with its worker`)
      return (await this.#ask(name, { stream, how, value })) as IteratorResult<unknown, unknown>
    }
    return author.streamSource({ next: step('next'), return: step('return'), throw: step('throw') })
  }
}
