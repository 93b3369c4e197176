import { goesBefore, Line, type Waiting } from './line.js'

/** A call as a queue sees it. */
export interface Queued<T> extends Waiting {
  /** The thread that it waits for; `undefined` when any will do. */
  pinnedTo: T | undefined
  /** When it began to wait, on the clock of `performance`; 0 while it does not. */
  queuedAt: number
  /** Milliseconds that it has waited. */
  waitTime: number
}

/**
 * The calls that wait: by priority, then in the order in which they came, which a call that is put back keeps. Those
 * that wait for one thread stand in a line of its own, where they hold up nobody who could go elsewhere.
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

  /** Lets a call wait; one that has waited before goes back to where it stood. */
  add(call: W): void {
    if (call.order === 0) call.order = ++this.#joined
    this.#size++
    this.#lineOf(call.pinnedTo).join(call)
  }

  /** Takes a call out; one that does not wait is left alone. */
  delete(call: W): void {
    if (call.slot < 0) return
    this.#size--
    this.#leave(call)
  }

  /** The next call for anybody, or for this thread. */
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

  /** From now on the call waits for this thread alone. */
  pin(call: W, thread: T): void {
    this.#leave(call)
    call.pinnedTo = thread
    this.#lineOf(thread).join(call)
  }

  /** The thread has ended: who waited for it may go anywhere. */
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
