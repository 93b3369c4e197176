import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node'
import type { TakenCall, Taking } from '../engine/engine.js'
import type { Subjects } from './subjects.js'

/** The queue group of a queue's workers, by which each call goes to one of them. */
const GROUP = { queue: 'workers' }

/**
 * A worker's subscriptions to queues. The server chooses among the workers of a group at random, so a full worker leaves the
 * group until it has room.
 */
export class NatsTaking implements Taking {
  readonly #client: NatsConnection
  readonly #subjects: readonly string[]
  readonly #atMost: number
  readonly #onCall: (call: TakenCall) => void
  readonly #onStop: (taking: NatsTaking) => void
  readonly #presence: readonly Subscription[]
  #groups: readonly Subscription[] = []
  #leaving: Promise<unknown> = Promise.resolve()
  #active = 0
  #isStopped = false

  constructor(
    client: NatsConnection,
    subjects: Subjects,
    queues: readonly string[],
    atMost: number,
    onCall: (call: TakenCall) => void,
    onStop: (taking: NatsTaking) => void
  ) {
    this.#client = client
    this.#subjects = queues.map(queue => subjects.calls(queue))
    this.#atMost = atMost
    this.#onCall = onCall
    this.#onStop = onStop
    this.#presence = queues.map(queue => client.subscribe(subjects.presence(queue), { callback: () => {} }))
    this.#join()
  }

  async stop(): Promise<void> {
    if (!this.#isStopped) {
      this.#isStopped = true
      for (const subscription of this.#presence) subscription.unsubscribe()
      this.#leave()
      this.#onStop(this)
    }
    await this.#leaving
  }

  #join(): void {
    const callback = (error: Error | null, message: Msg): void => {
      if (error === null) this.#take(message.data)
    }
    this.#groups = this.#subjects.map(subject => this.#client.subscribe(subject, { ...GROUP, callback }))
  }

  /** Drains, because unsubscribing alone would lose calls that are on their way here. */
  #leave(): void {
    const left = this.#groups.map(subscription => subscription.drain().catch(() => {}))
    this.#groups = []
    this.#leaving = Promise.all([this.#leaving, ...left])
  }

  #take(frame: Uint8Array): void {
    this.#active++
    if (this.#active >= this.#atMost) this.#leave()
    let isDone = false
    this.#onCall({
      frame,
      age: 0,
      done: () => {
        if (isDone) return
        isDone = true
        this.#active--
        const isOut = this.#groups.length === 0
        if (isOut && !this.#isStopped && this.#active < this.#atMost && !this.#client.isClosed()) this.#join()
      }
    })
  }
}
