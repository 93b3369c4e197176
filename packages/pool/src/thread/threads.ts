import { Timer } from '@bridge/core/internal'
import { isWaitedFor, waitingFor } from '../callback/served.js'
import { traceThread } from '../stats/thread-trace.js'
import { mayStart } from './census.js'
import { IdleTimeout } from './idle-timeout.js'
import { notMade } from './lost-error.js'
import { Floor } from './min-threads.js'
import { RunTimes } from './run-times.js'
import { isMovable } from './sent-calls.js'
import { Thread } from './thread.js'
import { endsItself } from './thread-exit.js'
import { ThreadNumbers } from './thread-numbers.js'
import type { ThreadEvents, ThreadOptions } from './thread-options.js'
import type { ThreadRun } from './thread-run.js'

/** The most calls that are sent ahead to a thread. The lane can take that many back, and no more. */
const DEPTH = 32

/** How many milliseconds of calls are sent ahead to a thread, for each that it runs at once. */
const AHEAD = 4

/** How long, in milliseconds, a thread may stand still before what it has not started is taken back. */
const PATIENCE = 5

/** Why a thread is ended that `recycle()` replaces. */
const REPLACED = 'it was to be replaced (recycle())'

/** What makes the threads of one executor different from those of another. */
export interface ThreadsOptions extends ThreadOptions {
  readonly minThreads: number
  readonly idleTimeout: number
}

/** What the threads tell their executor. */
type ThreadsEvents = Omit<ThreadEvents, 'onEnding'>

/**
 * The threads of an executor, how many there are, and which call goes to which. A thread runs `concurrencyPerThread`
 * calls; beyond that, some milliseconds of calls are sent ahead, because waking a thread for each costs more than short ones
 * take. A thread that comes idle gets half of what another one has not started, what has a higher priority goes before, and
 * a call that turns out to be long holds up no other: what waits behind it is taken back.
 */
export class Threads implements Iterable<Thread> {
  readonly #options: ThreadsOptions
  readonly #events: ThreadsEvents
  readonly #threads = new Set<Thread>()
  /** Those that take no more calls, and have not ended. */
  readonly #ending = new Set<Thread>()
  readonly #numbers = new ThreadNumbers<Thread>()
  readonly #times = new RunTimes()
  readonly #idle: IdleTimeout
  readonly #floor = new Floor(() => this.#refill())
  #watch: Timer | undefined
  /** The lowest priority of those that were sent ahead. */
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

  has(thread: Thread): boolean {
    return this.#threads.has(thread)
  }

  get isBusy(): boolean {
    for (const thread of this.#threads) if (thread.load > 0) return true
    return false
  }

  /** Whether a call could start at once, on any thread. */
  get hasRoom(): boolean {
    return this.#free() !== undefined || this.#mayStart
  }

  /** Whether a call could start at once on this thread. */
  hasRoomOn(thread: Thread): boolean {
    return thread.takesCalls && thread.load < this.#options.concurrencyPerThread
  }

  /** Whether this thread may be sent the call now. */
  mayTake(thread: Thread, run: ThreadRun): boolean {
    return this.hasRoomOn(thread) || (thread.takesCalls && this.#hasRoomAhead(thread, this.#expected(run)))
  }

  /**
   * The thread that a call should run on, which is started where there is room for one more; `undefined` when the
   * call has to wait.
   *
   * @throws WorkerLostError when a thread can't be made.
   */
  choose(run: ThreadRun, isBlocking: boolean): Thread | undefined {
    if (run.nestedIn !== undefined || run.steppedFor !== undefined) return this.#chooseNested(run, isBlocking)
    const free = this.#free()
    if (free !== undefined) return free
    if (this.#mayStart) return this.#start(`${run.task.name}()`, isBlocking)
    return this.#aheadOn(this.#expected(run))
  }

  /**
   * A thread that waits for the call can run it only inside of its wait, and one that waits for another call can't even
   * do that, so one that does not wait is better.
   */
  #chooseNested(run: ThreadRun, isBlocking: boolean): Thread | undefined {
    const { concurrencyPerThread } = this.#options
    const isOpen = (thread: Thread): boolean =>
      this.isForCalls(thread) && !thread.isWaiting && !waitsFor(thread, run)
    // What runs there may be about to wait for this thread, which is about to be blocked.
    const open = this.#leastLoaded(isBlocking ? 1 : concurrencyPerThread, isOpen)
    if (open !== undefined) return open
    if (this.#mayStart) return this.#start(`${run.task.name}()`, isBlocking)
    const waiting = (thread: Thread): boolean => waitsFor(thread, run)
    return this.idleHome(run) ?? this.#leastLoaded(concurrencyPerThread, waiting) ?? this.#free()
  }

  /** A thread that is left to objects, which nothing runs on: better than one that waits for the call, and may be blocked. */
  idleHome(run: ThreadRun): Thread | undefined {
    return this.#leastLoaded(
      1,
      thread => thread.takesCalls && !thread.callbacks.isBlocked && !waitsFor(thread, run)
    )
  }

  /** Sends a call to its thread, which runs it meanwhile if it waits for the code that makes the call. */
  send(run: ThreadRun, thread: Thread): void {
    const isInner =
      isWaitedFor(run, thread) ||
      thread.streams.reads(run.steppedFor) ||
      thread.calls.inner.hasOneOn(run.sent)
    run.sendTo(thread, this.#expected(run), isInner)
    if (thread.load <= this.#options.concurrencyPerThread) return
    this.#lowest = Math.min(this.#lowest, run.priority)
    if (isMovable(run)) this.#watch ??= new Timer(PATIENCE, this.#lookAfter)
  }

  /** Starts `minThreads` threads; resolves when all there are have come up, their setup included. */
  async warmUp(): Promise<void> {
    while (this.#threads.size < this.#options.minThreads && this.#mayStart) this.#add('warmUp()', false)
    await Promise.all([...this.#threads].map(thread => thread.whenUp()))
  }

  /**
   * Replaces the threads there are, one after the other, for as long as it `mayGoOn`. One that an object or an open stream
   * holds is replaced when that has gone, which is not waited for.
   */
  async recycle(mayGoOn: () => boolean): Promise<void> {
    const { size } = this
    for (const thread of [...this.#threads]) {
      const isIdle = thread.retire(REPLACED)
      // At once where nothing runs there: it takes no calls, and a caller that blocks now lets nothing go on after an await.
      if (thread.load > 0) await isIdle
      if (this.has(thread) && (thread.isHeld || thread.load > 0)) continue
      await thread.kill(REPLACED, 'recycled')
      if (!mayGoOn()) return
      // A call that needed one may have started it.
      if (this.size < size && this.#mayStart) this.#add('recycle()', false)
      await Promise.all([...this.#threads].map(one => one.whenUp()))
    }
  }

  /** Ends all threads; resolves when none is left, of those that were ending already either. */
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
   * The thread that a new object should live on. Objects may take every thread but one, and share those that they have.
   *
   * @throws WorkerLostError when a thread can't be made.
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

  /** Takes back what threads that stand still have not started; whether there is more that was sent ahead. */
  readonly rebalance = (): boolean => {
    const { concurrencyPerThread } = this.#options
    return [...this.#threads].filter(thread => thread.takeBackIfStuck(concurrencyPerThread)).length > 0
  }

  /** Takes back what another thread has not started, for one that has nothing to do; the other one, if there was any. */
  stealFor(idle: Thread): Thread | undefined {
    if (idle.load > 0 || !this.isForCalls(idle)) return undefined
    let fullest: Thread | undefined
    let most = 0
    for (const thread of this.#threads) {
      const stealable = thread.calls.stealable
      if (stealable > most) [fullest, most] = [thread, stealable]
    }
    return fullest !== undefined && fullest.calls.takeBackHalf() > 0 ? fullest : undefined
  }

  /** Takes back what was sent ahead and has a lower priority than a call that finds no thread free. */
  makeWayFor(run: ThreadRun): void {
    if (run.priority <= this.#lowest || this.hasRoom) return
    this.#lowest = run.priority
    for (const thread of this.#threads) thread.calls.takeBackBelow(run.priority)
  }

  /** From now on a caller that blocks learns of the end of any of them. */
  watch(): void {
    for (const thread of this.#threads) thread.watch()
  }

  get #mayStart(): boolean {
    return this.#threads.size < this.#options.maxThreads && mayStart(this.#threads.size)
  }

  /** One that moves what can be sent only once must not wait where it could be taken back. */
  #expected(run: ThreadRun): number {
    return run.moves === undefined ? this.#times.expected(run.task) : Infinity
  }

  /** The least loaded thread that has room. */
  #free(): Thread | undefined {
    return this.#leastLoaded(this.#options.concurrencyPerThread, this.isForCalls)
  }

  /** A thread that holds objects is left to them while there is another one, or may be. */
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

  /** Whether a call would start there soon, though not at once: one, or some milliseconds of them. */
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

  /** Starts the thread that a call needs, and those that `minThreads` wants beside it. */
  #start(subject: string, isBlocking: boolean): Thread {
    const first = this.#add(subject, isBlocking)
    while (this.#threads.size < this.#options.minThreads && this.#mayStart) this.#add(subject, isBlocking)
    return first
  }

  /** Starts what is missing to `minThreads`; where that can't be made, the next call tells why. */
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
      // Calls that wait have started what they need by now.
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
function waitsFor(thread: Thread, { nestedIn, steppedFor }: ThreadRun): boolean {
  for (const served of waitingFor(nestedIn)) if (served.thread === thread) return true
  return thread.streams.reads(steppedFor)
}
