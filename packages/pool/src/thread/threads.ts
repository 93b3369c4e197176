import { Timer } from '@bridge/core/internal'
import { isWaitedFor, waitingCallers } from '../callback/callback-frame.js'
import { traceThread } from '../stats/thread-trace.js'
import { IdleTimeout } from './idle-timeout.js'
import { notMade } from './lost-error.js'
import { Floor } from './min-threads.js'
import type { QueuedRun } from './queued-run.js'
import { RunTimes } from './run-times.js'
import { isMovable } from './sent-calls.js'
import { Thread } from './thread.js'
import { mayStart } from './thread-count.js'
import { endsItself } from './thread-exit.js'
import { ThreadNumbers } from './thread-numbers.js'
import type { ThreadEvents, ThreadOptions } from './thread-options.js'

/** The most calls that are sent ahead to a thread. The connection can reclaim that many, and no more. */
const DEPTH = 32

/** How many milliseconds of calls are sent ahead to a thread, for each call that it runs at the same time. */
const AHEAD = 4

/** How long, in milliseconds, a thread may make no progress before the calls that it has not started are reclaimed. */
const PATIENCE = 5

/** Why a thread that `recycle()` replaces is ended. */
const REPLACED = 'it was replaced (recycle())'

/** The settings in which the threads of executors differ. */
export interface ThreadsOptions extends ThreadOptions {
  readonly minThreads: number
  readonly idleTimeout: number
}

/** The events of the threads, for their executor. */
type ThreadsEvents = Omit<ThreadEvents, 'onEnding'>

/**
 * The threads of an executor: how many there are, and which call runs where. A thread runs `concurrencyPerThread`
 * calls; beyond that, some milliseconds of calls are sent ahead, because waking a thread for each costs more than short
 * calls take. A thread that becomes idle gets half of the calls that another thread has not started, calls of a higher
 * priority run before others, and a call that turns out to be long does not delay others: the calls behind it are
 * reclaimed.
 */
export class Threads implements Iterable<Thread> {
  readonly #options: ThreadsOptions
  readonly #events: ThreadsEvents
  readonly #threads = new Set<Thread>()
  /** Threads that take no more calls, and have not ended. */
  readonly #ending = new Set<Thread>()
  readonly #numbers = new ThreadNumbers<Thread>()
  readonly #times = new RunTimes()
  readonly #idle: IdleTimeout
  readonly #floor = new Floor(() => this.#refill())
  #watch: Timer | undefined
  /** The lowest priority of the calls that were sent ahead. */
  #lowest = Infinity

  constructor(options: ThreadsOptions, events: ThreadsEvents) {
    this.#options = options
    this.#events = events
    const { idleTimeout, minThreads } = options
    this.#idle = new IdleTimeout({ idleTimeout, minThreads, threads: this.#threads })
  }

  [Symbol.iterator](): Iterator<Thread> {
    return this.#threads.values()
  }

  get size(): number {
    return this.#threads.size
  }

  /** How many calls run at once at most. */
  get places(): number {
    return this.#options.maxThreads * this.#options.concurrencyPerThread
  }

  has(thread: Thread): boolean {
    return this.#threads.has(thread)
  }

  get isBusy(): boolean {
    for (const thread of this.#threads) if (thread.load > 0) return true
    return false
  }

  /** Whether a call could start immediately, on any thread. */
  get hasRoom(): boolean {
    return this.#free() !== undefined || this.#mayStart
  }

  /** Whether a call could start immediately on this thread. */
  hasRoomOn(thread: Thread): boolean {
    return thread.takesCalls && thread.load < this.#options.concurrencyPerThread
  }

  /** Whether the call may be sent to this thread now. */
  mayTake(thread: Thread, run: QueuedRun): boolean {
    return this.hasRoomOn(thread) || (thread.takesCalls && this.#hasRoomAhead(thread, this.#expected(run)))
  }

  /**
   * The thread that a call should run on; a new thread if there may be one more; `undefined` when the call has to wait.
   *
   * @throws WorkerLostError when a thread can't be started.
   */
  choose(run: QueuedRun, isBlocking: boolean): Thread | undefined {
    if (run.nestedIn !== undefined || run.steppedFor !== undefined) return this.#chooseNested(run, isBlocking)
    const free = this.#free()
    if (free !== undefined) return free
    if (this.#mayStart) return this.#start(`${run.task.name}()`, isBlocking)
    return this.#aheadOn(this.#expected(run))
  }

  /**
   * A thread that waits for the call can run it only inside its wait, and a thread that waits for another call can't
   * even do that, so a thread that does not wait is better.
   */
  #chooseNested(run: QueuedRun, isBlocking: boolean): Thread | undefined {
    const { concurrencyPerThread } = this.#options
    const isOpen = (thread: Thread): boolean =>
      this.isForCalls(thread) && !thread.isWaiting && !waitsFor(thread, run)
    // Calls that run there may be about to wait for this thread, which is about to be blocked.
    const open = this.#leastLoaded(isBlocking ? 1 : concurrencyPerThread, isOpen)
    if (open !== undefined) return open
    if (this.#mayStart) return this.#start(`${run.task.name}()`, isBlocking)
    const waiting = (thread: Thread): boolean => waitsFor(thread, run)
    return this.idleHome(run) ?? this.#leastLoaded(concurrencyPerThread, waiting) ?? this.#free()
  }

  /**
   * A thread reserved for objects on which nothing runs: better than a thread that waits for the call, and may be
   * blocked.
   */
  idleHome(run: QueuedRun): Thread | undefined {
    return this.#leastLoaded(
      1,
      thread => thread.takesCalls && !thread.callbacks.isBlocked && !waitsFor(thread, run)
    )
  }

  /** Sends a call to its thread, which runs it as an inner call if it waits for the code that makes the call. */
  send(run: QueuedRun, thread: Thread): void {
    const isInner =
      isWaitedFor(run, thread) ||
      thread.streams.reads(run.steppedFor) ||
      thread.calls.inner.hasOneOn(run.sent)
    run.sendTo(thread, this.#expected(run), isInner)
    if (thread.load <= this.#options.concurrencyPerThread) return
    this.#lowest = Math.min(this.#lowest, run.priority)
    if (isMovable(run)) this.#watch ??= new Timer(PATIENCE, this.#lookAfter)
  }

  /** Starts `minThreads` threads; resolves when all threads have started, their setup included. */
  async warmUp(): Promise<void> {
    while (this.#threads.size < this.#options.minThreads && this.#mayStart) this.#add('warmUp()', false)
    await Promise.all([...this.#threads].map(thread => thread.whenUp()))
  }

  /**
   * Replaces the current threads, one after the other, as long as `mayGoOn` returns true. A thread with an object or an
   * open stream is replaced when that is gone, which is not waited for.
   */
  async recycle(mayGoOn: () => boolean): Promise<void> {
    const { size } = this
    for (const thread of [...this.#threads]) {
      const isIdle = thread.retire(REPLACED)
      // Ends immediately if nothing runs there: it takes no calls, and if a caller blocks now, nothing continues after
      // an await.
      if (thread.load > 0) await isIdle
      if (this.has(thread) && (thread.isHeld || thread.load > 0)) continue
      await thread.kill(REPLACED, 'recycled')
      if (!mayGoOn()) return
      // A call that needed a thread may have started one.
      if (this.size < size && this.#mayStart) this.#add('recycle()', false)
      await Promise.all([...this.#threads].map(one => one.whenUp()))
    }
  }

  /** Ends all threads; resolves when none is left, including those that were already ending. */
  async end(why: string): Promise<void> {
    this.#floor.leave()
    await Promise.all([...this.#threads, ...this.#ending].map(thread => thread.kill(why, 'closed')))
  }

  /** A thread that nothing runs on. */
  idle(): Thread | undefined {
    for (const thread of this.#threads) if (thread.load === 0 && this.isForCalls(thread)) return thread
    return undefined
  }

  /**
   * The thread that a new object should live on. Objects may reserve all threads but one, and share the reserved ones.
   *
   * @throws WorkerLostError when a thread can't be started.
   */
  chooseHome(subject: string, isBlocking: boolean): Thread {
    const { maxThreads, concurrencyPerThread } = this.#options
    const threads = [...this.#threads]
    const homes = threads.filter(thread => thread.objects.size > 0)
    if (homes.length < Math.max(maxThreads - 1, 1)) {
      const isFree = (thread: Thread): boolean => thread.takesCalls && thread.objects.size === 0
      const free = this.#leastLoaded(concurrencyPerThread, isFree)
      if (free !== undefined) return free
      if (this.#mayStart || threads.length === 0) return this.#start(subject, isBlocking)
    }
    const order = (one: Thread, other: Thread): number =>
      one.objects.size - other.objects.size || one.load - other.load
    return (homes.length > 0 ? homes : threads).sort(order)[0] as Thread
  }

  /** Reclaims the calls that threads without progress have not started; returns whether more calls were sent ahead. */
  readonly rebalance = (): boolean => {
    const { concurrencyPerThread } = this.#options
    return [...this.#threads].filter(thread => thread.reclaimIfStuck(concurrencyPerThread)).length > 0
  }

  /** Reclaims calls that another thread has not started, for an idle thread; returns the other thread, if any. */
  stealFor(idle: Thread): Thread | undefined {
    if (idle.load > 0 || !this.isForCalls(idle)) return undefined
    let fullest: Thread | undefined
    let most = 0
    for (const thread of this.#threads) {
      const stealable = thread.calls.stealable
      if (stealable > most) [fullest, most] = [thread, stealable]
    }
    return fullest !== undefined && fullest.calls.reclaimHalf() > 0 ? fullest : undefined
  }

  /** Reclaims calls that were sent ahead and have a lower priority than a call for which no thread is free. */
  makeWayFor(run: QueuedRun): void {
    if (run.priority <= this.#lowest || this.hasRoom) return
    this.#lowest = run.priority
    for (const thread of this.#threads) thread.calls.reclaimBelow(run.priority)
  }

  /** From now on a blocked caller detects the end of any of them. */
  watch(): void {
    for (const thread of this.#threads) thread.watch()
  }

  get #mayStart(): boolean {
    return this.#threads.size < this.#options.maxThreads && mayStart(this.#threads.size)
  }

  /** A call with a transfer list can be sent only once, so it must not wait where it could be reclaimed. */
  #expected(run: QueuedRun): number {
    return run.transferList === undefined ? this.#times.expected(run.task) : Infinity
  }

  /** The least loaded thread that has room. */
  #free(): Thread | undefined {
    return this.#leastLoaded(this.#options.concurrencyPerThread, this.isForCalls)
  }

  /** A thread that holds objects is reserved for them while there is another thread, or may be. */
  readonly isForCalls = (thread: Thread): boolean => {
    if (!thread.takesCalls) return false
    return thread.objects.size === 0 || (!this.#mayStart && this.#areAllHomes)
  }

  get #areAllHomes(): boolean {
    for (const thread of this.#threads) if (thread.objects.size === 0) return false
    return true
  }

  /** The least loaded thread to which a call that is expected to run so long may be sent ahead. */
  #aheadOn(expected: number): Thread | undefined {
    if (expected > AHEAD) return undefined
    return this.#leastLoaded(DEPTH, thread => this.#hasRoomAhead(thread, expected) && this.isForCalls(thread))
  }

  /** Whether a call would start there soon, though not immediately: behind one call, or some milliseconds of calls. */
  #hasRoomAhead(thread: Thread, expected: number): boolean {
    const { concurrencyPerThread } = this.#options
    const { startsIn } = thread.calls
    if (thread.load >= DEPTH || !(startsIn + expected < Infinity)) return false
    if (startsIn + expected <= AHEAD * concurrencyPerThread) return true
    return (
      expected <= AHEAD && thread.load <= concurrencyPerThread && startsIn <= AHEAD * concurrencyPerThread
    )
  }

  #leastLoaded(below: number, isFit: (thread: Thread) => boolean): Thread | undefined {
    let found: Thread | undefined
    for (const thread of this.#threads) {
      if (thread.load < (found?.load ?? below) && isFit(thread)) found = thread
    }
    return found
  }

  /** Starts the thread that a call needs, and those that are missing to `minThreads`. */
  #start(subject: string, isBlocking: boolean): Thread {
    const first = this.#add(subject, isBlocking)
    while (this.#threads.size < this.#options.minThreads && this.#mayStart) this.#add(subject, isBlocking)
    return first
  }

  /** Starts the threads that are missing to `minThreads`; if that fails, the next call gets the error. */
  #refill(): void {
    while (this.size < this.#options.minThreads && this.#mayStart) {
      try {
        this.#add('minThreads', false)
      } catch {
        return this.#floor.onEnd(false)
      }
    }
  }

  #add(subject: string, isBlocking: boolean): Thread {
    const pool = this.#options.name
    const numbering = this.#numbers.next()
    let thread: Thread
    try {
      thread = new Thread(this.#options, this.#threadEvents, isBlocking, numbering)
    } catch (error) {
      throw notMade(subject, pool, error)
    }
    this.#threads.add(thread)
    this.#floor.hold()
    const { number } = numbering
    this.#numbers.take(number, thread)
    void thread.exit.over.then(() => {
      this.#ending.delete(thread)
      this.#numbers.giveBack(number, thread)
    })
    traceThread({ event: 'started', pool, threadId: thread.threadId })
    return thread
  }

  readonly #threadEvents: ThreadEvents = {
    onRan: (task, waitTime, runTime) => {
      this.#times.record(task, runTime)
      this.#events.onRan(task, waitTime, runTime)
    },
    onFree: thread => {
      this.#events.onFree(thread)
      if (thread.idleSince === undefined) return
      const due = thread.isDue
      if (due !== undefined) void thread.kill(due.why, due.cause)
      else this.#idle.arm()
    },
    onEnding: thread => {
      this.#threads.delete(thread)
      this.#ending.add(thread)
    },
    onLost: (thread, end) => {
      if (this.#threads.size === 0) this.#idle.stop()
      traceThread({ event: 'ended', pool: this.#options.name, threadId: thread.threadId, ...end })
      this.#events.onLost(thread, end)
      // Waiting calls have already started the threads that they need.
      this.#floor.onEnd(endsItself(end.cause) || (thread.wasOfUse && end.cause !== 'setup'))
    }
  }

  /** Runs as long as calls have been sent ahead. */
  readonly #lookAfter = (): void => {
    this.#watch = undefined
    if (this.rebalance()) this.#watch ??= new Timer(PATIENCE, this.#lookAfter)
  }
}

/** Whether the thread waits for the code that makes the call, blocked or not. */
function waitsFor(thread: Thread, { nestedIn, steppedFor }: QueuedRun): boolean {
  for (const served of waitingCallers(nestedIn)) if (served.thread === thread) return true
  return thread.streams.reads(steppedFor)
}
