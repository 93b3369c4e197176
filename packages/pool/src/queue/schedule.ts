import type { Task } from '@bridge/core/executor'
import type { QueuedRun } from '../thread/queued-run.js'
import type { Thread } from '../thread/thread.js'
import type { Threads } from '../thread/threads.js'
import { Affinities } from './affinities.js'
import { Queue } from './queue.js'

/** Decides which call is next, and on which thread: it combines the queue and the affinity keys with the threads. */
export class Schedule implements Iterable<QueuedRun> {
  readonly #queue = new Queue<Thread, QueuedRun>()
  readonly #affinities = new Affinities<Thread>()
  readonly #threads: Threads

  constructor(threads: Threads) {
    this.#threads = threads
  }

  [Symbol.iterator](): Iterator<QueuedRun> {
    return this.#queue[Symbol.iterator]()
  }

  /** How many calls wait. */
  get size(): number {
    return this.#queue.size
  }

  /** The thread of a call's key, if there is one. */
  threadOf({ affinity }: Task): Thread | undefined {
    return this.#affinities.threadOf(affinity)
  }

  /** Whether a call would start immediately, as far as threads are concerned. */
  hasRoomFor(task: Task): boolean {
    const thread = this.threadOf(task)
    return thread === undefined ? this.#threads.hasRoom : this.#threads.hasRoomOn(thread)
  }

  /** Adds a new call, which waits for `dispatch`. */
  enqueue(run: QueuedRun): void {
    run.pinnedTo = this.#affinities.threadOf(run.task.affinity)
    this.#queue.add(run)
    run.queuedAt = performance.now()
  }

  /** Sends the waiting calls that can be sent. */
  dispatch(): void {
    this.#moveAnywhere(undefined, false)
    const pinned = new Set([...this.#queue].map(({ pinnedTo }) => pinnedTo))
    for (const thread of pinned) if (thread !== undefined) this.#movePinned(thread)
  }

  /** Adds a new call; `isBlocking` when this thread is about to block on it. */
  add(run: QueuedRun, isBlocking: boolean): void {
    const thread = this.#affinities.threadOf(run.task.affinity)
    run.pinnedTo = thread
    this.#threads.makeWayFor(run)
    this.#queue.add(run)
    if (thread === undefined) this.#moveAnywhere(undefined, isBlocking)
    else this.#movePinned(thread)
    if (run.slot >= 0) run.queuedAt = performance.now()
  }

  /** Returns a call that a thread has not started to its position in the queue. */
  requeue(run: QueuedRun): void {
    this.#queue.add(run)
    run.queuedAt = performance.now()
  }

  remove(run: QueuedRun): void {
    this.#queue.delete(run)
  }

  /** The thread may have room now. */
  onFree(thread: Thread): void {
    if (this.#queue.size > 0) this.#moveAnywhere(thread, false)
    const other = this.#threads.stealFor(thread)
    if (other === undefined) return
    // The other thread may be left without anything that would report its end. This comes first, or reclaimed calls
    // would be sent there again.
    this.#movePinned(other)
    this.#moveAnywhere(thread, false)
  }

  /** The thread has ended: calls that waited for it run on other threads, and so do those with its keys. */
  onLost(thread: Thread): void {
    this.#affinities.release(thread)
    this.#queue.unpin(thread)
    this.#moveAnywhere(undefined, false)
  }

  /** Sends calls in order: those for any thread, and those for the thread that is free. */
  #moveAnywhere(freed: Thread | undefined, isBlocking: boolean): void {
    let own = freed
    for (let run = this.#queue.next(own); run !== undefined; run = this.#queue.next(own)) {
      if (run.pinnedTo !== undefined) {
        if (this.#threads.mayTake(run.pinnedTo, run)) this.#send(run, run.pinnedTo)
        else own = undefined
        continue
      }
      // Its key may have been bound to a thread while it waited.
      const bound = this.#affinities.threadOf(run.task.affinity)
      if (bound !== undefined) {
        this.#queue.pin(run, bound)
        if (bound !== own) this.#movePinned(bound)
        continue
      }
      if (this.#start(run, isBlocking)) continue
      // A thread with objects does not take the next call in the queue, but calls that wait for this thread only.
      if (own !== undefined) this.#movePinned(own)
      return
    }
  }

  /** Sends calls that wait for this thread only, as far as the thread takes them. */
  #movePinned(thread: Thread): void {
    for (let run = this.#queue.nextOf(thread); run !== undefined; run = this.#queue.nextOf(thread)) {
      if (!this.#threads.mayTake(thread, run)) return
      this.#send(run, thread)
    }
  }

  /** Sends a call to the best thread; `false` when it has to wait. */
  #start(run: QueuedRun, isBlocking: boolean): boolean {
    try {
      const thread = this.#threads.choose(run, isBlocking)
      if (thread === undefined) return false
      this.#send(run, thread)
    } catch (reason) {
      this.#queue.delete(run)
      run.settle({ reason })
    }
    return true
  }

  #send(run: QueuedRun, thread: Thread): void {
    this.#queue.delete(run)
    if (run.queuedAt !== 0) run.waitTime += performance.now() - run.queuedAt
    run.queuedAt = 0
    if (run.task.affinity !== undefined) this.#affinities.bind(run.task.affinity, thread)
    this.#threads.send(run, thread)
  }
}
