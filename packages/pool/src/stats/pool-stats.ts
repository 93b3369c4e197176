import type { Threads } from '../thread/threads.js'
import { CallTimes, type Times } from './call-times.js'
import { type EndCause, type ThreadEnd, ThreadEnds } from './thread-ends.js'

/** A moment's look at an executor. */
export interface PoolStats {
  /** Threads alive. */
  readonly threads: number
  /** Their `threadId`s, as `node:worker_threads` gives them. */
  readonly threadIds: readonly number[]
  /** Calls that wait for a thread. */
  readonly queued: number
  /** Calls that run, or have been sent ahead to a thread. */
  readonly running: number
  /** Streams that are open; they hold no thread. */
  readonly streams: number
  /** Calls that go on although their callers were told of their end: they were stopped, and merely wait beside others. */
  readonly abandoned: number
  /**
   * How often, since the pool was made, a call was sent to a thread once more: the thread it was sent to before had ended,
   * or it was taken back from there, and had not started in either case.
   */
  readonly resent: number
  /** How often of these another thread took it over from one that lives: a call before it turned out to be long. */
  readonly stolen: number
  /** How long the calls that gave a value had waited in the queue, in milliseconds. */
  readonly wait: Times
  /** How long their functions ran. */
  readonly run: Times
  /**
   * The share of the places of the threads alive, 0 to 1, that calls have taken since the threads started: busy time of
   * calls by threads × `concurrencyPerThread` × time. A call that waits for something takes its place meanwhile.
   */
  readonly utilization: number
  /** Threads that have ended, and why. Each was replaced at once below `minThreads`, and else when a call needed one. */
  readonly ended: {
    /** How often each cause was it. */
    readonly byCause: Readonly<Partial<Record<EndCause, number>>>
    /** The last ten, the newest last. */
    readonly last: readonly ThreadEnd[]
  }
}

/** What an executor remembers for its `stats()`. */
export class Sight {
  readonly #wait = new CallTimes()
  readonly #run = new CallTimes()
  readonly #ends = new ThreadEnds()
  #resent = 0
  #stolen = 0

  /** A call has given its value. */
  addCall(waitTime: number, runTime: number): void {
    this.#wait.record(waitTime)
    this.#run.record(runTime)
  }

  /** A call was sent once more, to another thread than before where it is stolen from that. */
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
