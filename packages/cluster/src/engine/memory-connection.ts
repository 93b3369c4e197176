import { randomUUID } from 'node:crypto'
import { ExecutorClosedError } from '@bridge/core'
import type {
  CallState,
  Connection,
  ConnectionEvents,
  Jobs,
  QueueCounts,
  SentCall,
  TakenCall,
  Taking
} from './engine.js'
import { checkFrame, tooLarge } from './frame-size.js'
import type { MemoryHub } from './memory-hub.js'
import type { Taker } from './memory-takers.js'
import { wireJobs } from './memory-wired-jobs.js'

/** The default limit of a NATS server. */
const MAX_BYTES = 1024 * 1024

/** The connection of one (simulated) process to the hub in this thread. */
export class MemoryConnection implements Connection {
  readonly address = randomUUID()
  readonly maxBytes = MAX_BYTES
  readonly hasQueue = true
  readonly jobs: Jobs
  readonly #hub: MemoryHub
  readonly #events: ConnectionEvents
  readonly #listened = new Set<string>()
  readonly #takings = new Set<Taking>()
  #isClosed = false

  constructor(hub: MemoryHub, events: ConnectionEvents) {
    this.#hub = hub
    this.#events = events
    this.jobs = wireJobs(hub, this.#takings)
    void this.listen(this.address)
  }

  send(call: SentCall, onRefused: (error: Error | undefined) => void): void {
    const frame = call.frame.slice()
    const error = this.#isClosed ? closed() : tooLarge('send()', frame, this.maxBytes)
    setImmediate(() => {
      const queue = this.#hub.queue(call.queue)
      if (error !== undefined) onRefused(error)
      else if (!queue.hasTakers) onRefused(undefined)
      else queue.add(call.id, frame, call.priority)
    })
  }

  async reclaim(queue: string, id: string): Promise<boolean> {
    await turn()
    return this.#hub.queue(queue).remove(id)
  }

  async find(queue: string, id: string): Promise<CallState> {
    await turn()
    return this.#hub.queue(queue).find(id)
  }

  async hasWorkers(queue: string): Promise<boolean> {
    await turn()
    return this.#hub.queue(queue).hasTakers
  }

  post(address: string, frame: Uint8Array, onNoListener?: () => void): void {
    checkFrame('post()', frame, this.maxBytes)
    if (this.#isClosed) return
    const copy = frame.slice()
    setImmediate(() => {
      if (!this.#hub.deliver(address, copy)) onNoListener?.()
    })
  }

  async listen(address: string): Promise<void> {
    if (this.#isClosed) return
    this.#listened.add(address)
    this.#hub.listen(address, this.#onFrame)
  }

  async take(queues: readonly string[], atMost: number, onCall: (call: TakenCall) => void): Promise<Taking> {
    const takings = queues.map(name => {
      const taker: Taker<TakenCall> = { atMost, active: 0, give: onCall }
      const queue = this.#hub.queue(name)
      queue.take(taker)
      return () => queue.leave(taker)
    })
    const taking: Taking = {
      stop: async () => {
        for (const leave of takings) leave()
        this.#takings.delete(taking)
      }
    }
    this.#takings.add(taking)
    return taking
  }

  async counts(queue: string): Promise<QueueCounts> {
    await turn()
    return this.#hub.queue(queue).counts()
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await Promise.all([...this.#takings].map(taking => taking.stop()))
    for (const address of this.#listened) this.#hub.removeListener(address, this.#onFrame)
    await turn()
  }

  readonly #onFrame = (frame: Uint8Array): void => this.#events.onFrame(frame)
}

const closed = (): Error => new ExecutorClosedError('send(): the connection is closed; open another one')

/** Resolves after everything that was sent before. */
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
