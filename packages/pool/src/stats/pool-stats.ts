import type { Threads } from '../thread/threads.js'
import { CallTimes, type Times } from './call-times.js'
import { type EndCause, type ThreadEnd, ThreadEnds } from './thread-ends.js'

/** A snapshot of an executor. */
export interface PoolStats {
  /** Threads alive. */
  readonly threads: number
  /** Their `threadId`s, as in `node:worker_threads`. */
  readonly threadIds: readonly number[]
  /** How many calls run at once at most: `maxThreads` × `concurrencyPerThread`; `Infinity` for `loop`. */
  readonly places: number
  /** Calls that wait for a thread. */
  readonly queued: number
  /** Calls that run, or have been sent ahead to a thread. */
  readonly running: number
  /** Open streams; they occupy no thread. */
  readonly streams: number
  /**
   * Calls that continue although their callers have been notified of their end: they were stopped, and merely wait
   * beside others.
   */
  readonly abandoned: number
  /**
   * How often, since the pool was made, a call was sent to a thread again: the thread it was sent to before had ended,
   * or it was reclaimed from there, and it had not started in either case.
   */
  readonly resent: number
  /** How often another thread took such a call from a living thread: the call running there turned out to be long. */
  readonly stolen: number
  /** How long the calls that returned a value had waited in the queue, in milliseconds. */
  readonly wait: Times
  /** How long their functions ran. */
  readonly run: Times
  /**
   * The share of the places of all living threads, 0 to 1, that calls have occupied since the threads started: busy
   * time of calls by threads × `concurrencyPerThread` × time. A call that waits for something still occupies its place.
   */
  readonly utilization: number
  /**
   * Threads that have ended, and why. Each was replaced immediately if there were fewer than `minThreads`, otherwise
   * when a call needed one.
   */
  readonly ended: {
    /** The number of ends with each cause. */
    readonly byCause: Readonly<Partial<Record<EndCause, number>>>
    /** The last ten, the newest last. */
    readonly last: readonly ThreadEnd[]
  }
}

/** Collects what `stats()` reports. */
export class StatsCollector {
  readonly #wait = new CallTimes()
  readonly #run = new CallTimes()
  readonly #ends = new ThreadEnds()
  #resent = 0
  #stolen = 0

  /** A call has returned its value. */
  addCall(waitTime: number, runTime: number): void {
    this.#wait.record(waitTime)
    this.#run.record(runTime)
  }

  /** A call was sent again; `isStolen` if another thread took it from the thread that it was sent to. */
  addResent(isStolen: boolean): void {
    this.#resent++
    if (isStolen) this.#stolen++
  }

  /** A thread has ended. */
  addEnd(end: ThreadEnd): void {
    this.#ends.add(end)
  }

  look(threads: Threads, queued: number): PoolStats {
    let running = 0
    let streams = 0
    let abandoned = 0
    let busy = 0
    let total = 0
    const threadIds: number[] = []
    for (const thread of threads) {
      threadIds.push(thread.threadId)
      running += thread.load
      streams += thread.streams.size
      abandoned += thread.calls.abandoned
      busy += thread.busyTime.busy
      total += thread.busyTime.total
    }
    return {
      threads: threads.size,
      threadIds,
      places: threads.places,
      queued,
      running,
      streams,
      abandoned,
      resent: this.#resent,
      stolen: this.#stolen,
      wait: this.#wait.look(),
      run: this.#run.look(),
      utilization: total === 0 ? 0 : busy / total,
      ended: { byCause: this.#ends.byCause, last: this.#ends.last }
    }
  }
}
