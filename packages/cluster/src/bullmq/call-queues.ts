import type { CallState, QueueCounts, SentCall } from '../engine/engine.js'
import { bufferOf } from './buffer.js'
import type { Link } from './link.js'
import { isLostConnection } from './lost-connection.js'
import type { Names } from './names.js'
import { bullPriority } from './priority.js'
import type { Queues } from './queues.js'
import { OLDEST, RECLAIM } from './scripts.js'

/** Sends calls as BullMQ jobs. */
export class CallQueues {
  readonly #names: Names
  readonly #link: Link
  readonly #queues: Queues
  /** Calls that the server has not confirmed, by id: requests about them have to wait for that. */
  readonly #adding = new Map<string, Promise<void>>()

  constructor(names: Names, link: Link, queues: Queues) {
    this.#names = names
    this.#link = link
    this.#queues = queues
  }

  /** Adds a call. The promise never rejects. */
  add(call: SentCall, onRefused: (error: Error) => void): Promise<void> {
    const { id, frame, priority } = call
    const data = bufferOf(frame).toString('base64')
    const adding = this.#queue(call.queue)
      .add('call', data, {
        jobId: id,
        priority: bullPriority(priority),
        timestamp: this.#link.clock.now(),
        attempts: 1,
        removeOnComplete: true,
        removeOnFail: true,
        stackTraceLimit: 0
      })
      .then(
        () => {},
        (error: Error) => {
          if (!isLostConnection(error)) onRefused(error)
        }
      )
      .finally(() => this.#adding.delete(id))
    this.#adding.set(id, adding)
    return adding
  }

  async reclaim(queue: string, id: string): Promise<boolean> {
    await this.#adding.get(id)
    const bull = this.#queue(queue)
    const keys = [bull.toKey('prioritized'), bull.toKey(id)]
    return (await this.#link.commands.eval(RECLAIM, keys.length, ...keys, id)) === 1
  }

  async find(queue: string, id: string): Promise<CallState> {
    await this.#adding.get(id)
    const state = await this.#queue(queue).getJobState(id)
    if (state === 'prioritized') return 'queued'
    // A call that lost its worker waits, too, but only to be failed.
    return state === 'active' ? 'taken' : 'gone'
  }

  async counts(queue: string): Promise<QueueCounts> {
    const bull = this.#queue(queue)
    const [counts, oldest] = await Promise.all([
      bull.getJobCounts('prioritized', 'active'),
      this.#link.commands.eval(OLDEST, 1, bull.toKey('prioritized'), bull.toKey(''))
    ])
    return {
      queued: counts.prioritized ?? 0,
      running: counts.active ?? 0,
      oldest: oldest === null ? 0 : this.#link.clock.since(Number(oldest))
    }
  }

  #queue(queue: string) {
    return this.#queues.get(this.#names.calls(queue))
  }
}
