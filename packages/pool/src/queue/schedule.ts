import type { Task } from '@bridge/core/executor'
import type { Thread } from '../thread/thread.js'
import type { ThreadRun } from '../thread/thread-run.js'
import type { Threads } from '../thread/threads.js'
import { Affinities } from './affinities.js'
import { Queue } from './queue.js'

/** Who goes next, and where to: the queue and the affinity keys on one side, the threads on the other. */
export class Schedule implements Iterable<ThreadRun> {
  readonly #queue = new Queue<Thread, ThreadRun>()
  readonly #affinities = new Affinities<Thread>()
  readonly #threads: Threads

  constructor(threads: Threads) {
    this.#threads = threads
  }

  [Symbol.iterator](): Iterator<ThreadRun> {
    return this.#queue[Symbol.iterator]()
  }

  /** How many calls wait. */
  get size(): number {
    return this.#queue.size
  }

  /** The thread of a call's key, if that has one. */
  threadOf({ affinity }: Task): Thread | undefined {
    return this.#affinities.threadOf(affinity)
  }

  /** Whether a call would start at once, as far as threads go. */
  hasRoomFor(task: Task): boolean {
    const thread = this.threadOf(task)
    return thread === undefined ? this.#threads.hasRoom : this.#threads.hasRoomOn(thread)
  }

  /** Takes in a new call, which waits for `dispatch`. */
  enqueue(run: ThreadRun): void {
    run.pinnedTo = this.#affinities.threadOf(run.task.affinity)
    this.#queue.add(run)
    run.queuedAt = performance.now()
  }

  /** Sends what can go of all that waits. */
  dispatch(): void {
    this.#moveAnywhere(undefined, false)
    const pinned = new Set([...this.#queue].map(({ pinnedTo }) => pinnedTo))
    for (const thread of pinned) if (thread !== undefined) this.#movePinned(thread)
  }

  /** Takes in a new call; `isBlocking` when this thread is about to block on it. */
  add(run: ThreadRun, isBlocking: boolean): void {
    const thread = this.#affinities.threadOf(run.task.affinity)
    run.pinnedTo = thread
    this.#threads.makeWayFor(run)
    this.#queue.add(run)
    if (thread === undefined) this.#moveAnywhere(undefined, isBlocking)
    else this.#movePinned(thread)
    if (run.slot >= 0) run.queuedAt = performance.now()
  }

  /** Takes back a call that a thread has not started, to where it stood. */
  putBack(run: ThreadRun): void {
    this.#queue.add(run)
    run.queuedAt = performance.now()
  }

  remove(run: ThreadRun): void {
    this.#queue.delete(run)
  }

  /** The thread may have room now. */
  onFree(thread: Thread): void {
    if (this.#queue.size > 0) this.#moveAnywhere(thread, false)
    const other = this.#threads.stealFor(thread)
    if (other === undefined) return
    // It may have been left with nothing that would tell of its end. First, or what was taken back would go there again.
    this.#movePinned(other)
    this.#moveAnywhere(thread, false)
  }

  /** The thread has ended: what waited for it goes elsewhere, and so do its keys. */
  onLost(thread: Thread): void {
    this.#affinities.release(thread)
    this.#queue.unpin(thread)
    this.#moveAnywhere(undefined, false)
  }

  /** Sends what can go, in order: what waits for any thread, and what waits for the one that is free. */
  #moveAnywhere(freed: Thread | undefined, isBlocking: boolean): void {
    let own = freed
    for (let run = this.#queue.next(own); run !== undefined; run = this.#queue.next(own)) {
      if (run.pinnedTo !== undefined) {
        if (this.#threads.mayTake(run.pinnedTo, run)) this.#send(run, run.pinnedTo)
        else own = undefined
        continue
      }
      // Its key may have been given to a thread while it waited.
      const bound = this.#affinities.threadOf(run.task.affinity)
      if (bound !== undefined) {
        this.#queue.pin(run, bound)
        if (bound !== own) this.#movePinned(bound)
        continue
      }
      if (this.#start(run, isBlocking)) continue
      // A thread that has objects is not for the one that waits before them, but for those that wait for it alone.
      if (own !== undefined) this.#movePinned(own)
      return
    }
  }

  /** Sends what waits for this thread alone, as far as the thread takes it. */
  #movePinned(thread: Thread): void {
    for (let run = this.#queue.nextOf(thread); run !== undefined; run = this.#queue.nextOf(thread)) {
      if (!this.#threads.mayTake(thread, run)) return
      this.#send(run, thread)
    }
  }

  /** Sends a call to whichever thread is best; `false` when it has to wait. */
  #start(run: ThreadRun, isBlocking: boolean): boolean {
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

  #send(run: ThreadRun, thread: Thread): void {
    this.#queue.delete(run)
    if (run.queuedAt !== 0) run.waitTime += performance.now() - run.queuedAt
    run.queuedAt = 0
    if (run.task.affinity !== undefined) this.#affinities.bind(run.task.affinity, thread)
    this.#threads.send(run, thread)
  }
}
