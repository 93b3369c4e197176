import { goesBefore, Line, type Waiting } from './line.js'

/** A call in a queue. */
export interface Queued<T> extends Waiting {
  /** The thread that it waits for; `undefined` if any thread will do. */
  pinnedTo: T | undefined
  /** When it was queued, on the clock of `performance`; 0 while it is not. */
  queuedAt: number
  /** Milliseconds that it has waited. */
  waitTime: number
}

/**
 * The waiting calls: by priority, then in the order in which they were added, which a requeued call keeps. Calls that
 * wait for one thread have a separate line, where they do not delay calls that could run on other threads.
 */
export class Queue<T, W extends Queued<T>> {
  readonly #anywhere = new Line<W>()
  readonly #pinned = new Map<T, Line<W>>()
  #joined = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  *[Symbol.iterator](): Generator<W> {
    yield* this.#anywhere
    for (const line of this.#pinned.values()) yield* line
  }

  /** Adds a call; a call that has waited before returns to its position. */
  add(call: W): void {
    if (call.order === 0) call.order = ++this.#joined
    this.#size++
    this.#lineOf(call.pinnedTo).join(call)
  }

  /** Removes a call; does nothing if it does not wait. */
  delete(call: W): void {
    if (call.slot < 0) return
    this.#size--
    this.#leave(call)
  }

  /** The next call for any thread, or for this thread. */
  next(thread?: T): W | undefined {
    const { first } = this.#anywhere
    const pinned = thread === undefined ? undefined : this.nextOf(thread)
    if (first === undefined || pinned === undefined) return first ?? pinned
    return goesBefore(pinned, first) ? pinned : first
  }

  /** The next call for this thread alone. */
  nextOf(thread: T): W | undefined {
    return this.#pinned.get(thread)?.first
  }

  /** From now on the call waits for this thread only. */
  pin(call: W, thread: T): void {
    this.#leave(call)
    call.pinnedTo = thread
    this.#lineOf(thread).join(call)
  }

  /** The thread has ended: the calls that waited for it may run on any thread. */
  unpin(thread: T): void {
    const line = this.#pinned.get(thread)
    if (line === undefined) return
    this.#pinned.delete(thread)
    for (const call of line) {
      call.pinnedTo = undefined
      this.#anywhere.join(call)
    }
  }

  #leave(call: W): void {
    const line = this.#lineOf(call.pinnedTo)
    line.leave(call)
    if (call.pinnedTo !== undefined && line.size === 0) this.#pinned.delete(call.pinnedTo)
  }

  #lineOf(thread: T | undefined): Line<W> {
    if (thread === undefined) return this.#anywhere
    let line = this.#pinned.get(thread)
    if (line === undefined) {
      line = new Line()
      this.#pinned.set(thread, line)
    }
    return line
  }
}
