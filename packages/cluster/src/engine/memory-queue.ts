import type { CallState, QueueCounts, TakenCall } from './engine.js'
import { type Taker, Takers } from './memory-takers.js'
import { OrderedQueue } from './ordered-queue.js'

interface WaitingCall {
  readonly id: string
  readonly frame: Uint8Array
  readonly priority: number
  readonly since: number
}

/** The calls of one queue. */
export class MemoryQueue {
  readonly #waiting = new OrderedQueue<WaitingCall>()
  readonly #taken = new Set<string>()
  readonly #takers = new Takers<TakenCall>()

  get hasTakers(): boolean {
    return this.#takers.size > 0
  }

  add(id: string, frame: Uint8Array, priority: number): void {
    this.#waiting.add({ id, frame, priority, since: performance.now() })
    this.#hand()
  }

  remove(id: string): boolean {
    return this.#waiting.remove(id)
  }

  find(id: string): CallState {
    if (this.#waiting.has(id)) return 'queued'
    return this.#taken.has(id) ? 'taken' : 'gone'
  }

  counts(): QueueCounts {
    const since = this.#waiting.values().map(call => call.since)
    const oldest = since.length === 0 ? 0 : performance.now() - Math.min(...since)
    return { queued: this.#waiting.size, running: this.#taken.size, oldest }
  }

  take(taker: Taker<TakenCall>): void {
    this.#takers.add(taker)
    setImmediate(() => this.#hand())
  }

  leave(taker: Taker<TakenCall>): void {
    this.#takers.remove(taker)
  }

  #hand(): void {
    for (;;) {
      const taker = this.#waiting.size === 0 ? undefined : this.#takers.roomiest()
      const call = taker === undefined ? undefined : this.#waiting.next()
      if (taker === undefined || call === undefined) return
      this.#give(taker, call)
    }
  }

  #give(taker: Taker<TakenCall>, call: WaitingCall): void {
    taker.active++
    this.#taken.add(call.id)
    taker.give({
      frame: call.frame,
      age: performance.now() - call.since,
      done: () => {
        if (!this.#taken.delete(call.id)) return
        taker.active--
        setImmediate(() => this.#hand())
      }
    })
  }
}
