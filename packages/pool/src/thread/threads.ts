import { BridgeError, WorkerLostError } from '@bridge/core'
import { RunTimes } from './run-times.js'
import type { StartWorker } from './thread.js'
import { Thread, type ThreadEvents } from './thread.js'
import type { ThreadRun } from './thread-run.js'

/** The most calls that are sent ahead to a thread. The lane can take that many back, and no more. */
const DEPTH = 32

/** How long, in milliseconds, a thread may stand still before what it has not started is taken back. */
const PATIENCE = 5

/** What makes the threads of one executor different from those of another. */
export interface ThreadsOptions {
  readonly name: string
  readonly minThreads: number
  readonly maxThreads: number
  readonly concurrencyPerThread: number
  readonly start: StartWorker
}

/**
 * The threads of an executor, and which call goes to which. A thread runs `concurrencyPerThread` calls; beyond
 * that, calls that are known to be short are sent ahead, because waking a thread for each costs many times what
 * they take. A call that turns out to be long holds up nobody: what waits behind it is taken back.
 */
export class Threads implements Iterable<Thread> {
  readonly #options: ThreadsOptions
  readonly #events: ThreadEvents
  readonly #threads = new Set<Thread>()
  readonly #times = new RunTimes()
  #watch: NodeJS.Timeout | undefined

  constructor(options: ThreadsOptions, events: ThreadEvents) {
    this.#options = options
    this.#events = events
  }

  [Symbol.iterator](): Iterator<Thread> {
    return this.#threads.values()
  }

  get size(): number {
    return this.#threads.size
  }

  get isBusy(): boolean {
    for (const thread of this.#threads) if (thread.load > 0) return true
    return false
  }

  /** Whether a call could start at once. */
  get hasRoom(): boolean {
    return this.#free() !== undefined || this.#threads.size < this.#options.maxThreads
  }

  /** Sends a call to the thread it should run on, or fails it where none can be made; `false` when it has to wait. */
  place(run: ThreadRun, isBlocking: boolean): boolean {
    const isShort = this.#times.isShort(run.task)
    let thread: Thread | undefined
    try {
      thread = this.#free() ?? this.#start(isBlocking) ?? (isShort ? this.#busyWithShort() : undefined)
    } catch (error) {
      run.settle({ reason: this.#notMade(run, error) })
      return true
    }
    if (thread === undefined) return false
    run.sendTo(thread, isShort)
    if (thread.load > this.#options.concurrencyPerThread)
      this.#watch ??= setTimeout(this.#lookAfter, PATIENCE)
    return true
  }

  /** A thread that nothing runs on. */
  idle(): Thread | undefined {
    for (const thread of this.#threads) if (thread.load === 0) return thread
    return undefined
  }

  /** Takes back what threads that stand still have not started. */
  readonly rebalance = (): void => {
    for (const thread of this.#threads) thread.takeBackIfStuck(this.#options.concurrencyPerThread)
  }

  /** The least loaded thread that has room. */
  #free(): Thread | undefined {
    return this.#leastLoaded(this.#options.concurrencyPerThread, () => true)
  }

  #busyWithShort(): Thread | undefined {
    return this.#leastLoaded(DEPTH, thread => thread.isBusyWithShort)
  }

  #leastLoaded(below: number, isFit: (thread: Thread) => boolean): Thread | undefined {
    let found: Thread | undefined
    for (const thread of this.#threads) {
      if (thread.load < (found?.load ?? below) && isFit(thread)) found = thread
    }
    return found
  }

  #start(isBlocking: boolean): Thread | undefined {
    const { name, start, minThreads, maxThreads } = this.#options
    if (this.#threads.size >= maxThreads) return undefined
    const events: ThreadEvents = {
      onRan: (task, milliseconds) => this.#times.record(task, milliseconds),
      onFree: this.#events.onFree,
      onLost: thread => {
        this.#threads.delete(thread)
        this.#events.onLost(thread)
      }
    }
    let first: Thread | undefined
    do {
      const thread = new Thread(name, start, events, isBlocking)
      this.#threads.add(thread)
      first ??= thread
    } while (this.#threads.size < minThreads)
    return first
  }

  #notMade(run: ThreadRun, cause: unknown): unknown {
    if (cause instanceof BridgeError) return cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    return new WorkerLostError(
      `${run.task.name}(): ${this.#options.name} can't make a thread; look at its options execArgv, env and ` +
        `resourceLimits: ${reason}`,
      { cause }
    )
  }

  /** Runs as long as calls have been sent ahead. */
  readonly #lookAfter = (): void => {
    this.#watch = undefined
    this.rebalance()
    for (const thread of this.#threads) {
      if (thread.load <= this.#options.concurrencyPerThread) continue
      this.#watch = setTimeout(this.#lookAfter, PATIENCE)
      return
    }
  }
}
