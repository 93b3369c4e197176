import { NotCloneableError, type WorkerLostError } from '@bridge/core'
import { decodeThrown, type Task } from '@bridge/core/executor'
import { sentStreamsIn, wakeReaderOf } from '@bridge/iter'
import { callbackThread } from '../callback/callback-thread.js'
import { Callbacks } from '../callback/callbacks.js'
import { Connection } from '../connection/connection.js'
import {
  DYING,
  EXIT,
  IMPORTED,
  IMPORTING,
  READY,
  RELEASE,
  RELEASE_FUNCTION,
  type Report,
  UNREAD
} from '../connection/wire.js'
import { Received } from '../object/received-data.js'
import { type Release, ThreadObjects } from '../object/thread-objects.js'
import { BusyTime } from '../stats/busy-time.js'
import type { EndCause } from '../stats/thread-ends.js'
import type { DirectRun } from './direct-run.js'
import { Imports, START } from './imports.js'
import { Progress } from './loop-turns.js'
import { endOf, type Kill, lostError, type ThreadExitReport } from './lost-error.js'
import { OpenStreams } from './open-streams.js'
import { printUncaught } from './print-uncaught.js'
import type { QueuedRun } from './queued-run.js'
import { Readiness } from './readiness.js'
import { RecyclePolicy } from './recycle-after.js'
import type { RunExecutor } from './run-executor.js'
import { startDataOf } from './start-data.js'
import { startWorker, type WorkerEvents } from './start-worker.js'
import { AbandonedWork } from './stuck-grace.js'
import { ThreadCalls } from './thread-calls.js'
import { endsItself, ThreadExit } from './thread-exit.js'
import type { Numbering } from './thread-numbers.js'
import type { ThreadEvents, ThreadOptions } from './thread-options.js'

/** One worker thread: its calls, its streams and its end. The constructor throws when the thread can't be started. */
export class Thread implements WorkerEvents {
  readonly threadId: number
  /** Its number among the threads of its executor, from 1. */
  readonly number: number
  readonly streams: OpenStreams
  readonly objects: ThreadObjects
  readonly callbacks: Callbacks
  readonly calls: ThreadCalls
  readonly #name: string
  readonly #events: ThreadEvents
  readonly #connection: Connection
  readonly exit: ThreadExit
  readonly #readiness = new Readiness()
  readonly #left: AbandonedWork
  readonly #imports: Imports
  readonly busyTime: BusyTime
  readonly #policy: RecyclePolicy
  readonly #exitReport: ThreadExitReport = {}
  readonly #onIdle: (() => void)[] = []
  #idleSince = performance.now()
  isLost = false
  /** Whether it had started a call when it was lost. */
  wasOfUse = false

  constructor(
    options: ThreadOptions,
    events: ThreadEvents,
    isBlocking: boolean,
    { number, before }: Numbering<Thread>
  ) {
    this.#name = options.name
    this.number = number
    this.#events = events
    this.#policy = new RecyclePolicy(options.recycleAfter, options.maxAbandoned, options.maxThreads === 1)
    this.busyTime = new BusyTime(options.concurrencyPerThread)
    this.#connection = new Connection({
      onReport: this.#onReport,
      // The callbacks that a task called before it ended run before its end is reported.
      onBefore: () => this.callbacks.receive(),
      onPrinted: options.output.write,
      onCut: () => this.exit.cut(),
      onGone: exitedSilently => this.#gone(exitedSilently)
    })
    this.#connection.output.add(options.output.bits)
    const received = new Received(this, options.executor)
    this.streams = new OpenStreams(received.live, () => {
      this.#left.watch()
      this.#freed()
    })
    const release: Release = (id, received) => this.#connection.send([RELEASE, id, received])
    this.objects = new ThreadObjects(release, () => this.#freed())
    this.#left = new AbandonedWork(this, this.#connection, options.stuckGrace)
    this.callbacks = new Callbacks(callbackThread(this, this.#connection, options.executor, received))
    this.calls = new ThreadCalls(this.#connection, this, received, events.onRan)
    const data = startDataOf(this.#connection, options, { number, before }, this.#policy.heap)
    try {
      const { worker, exited } = startWorker(options.start, data, isBlocking, this)
      this.exit = new ThreadExit(worker, exited, this.#connection, options.killGrace, data.after)
      this.threadId = worker.threadId // Node forgets it when the thread has ended.
    } catch (error) {
      this.#connection.close()
      throw error
    }
    this.#imports = new Imports(this, options.importTimeout)
    this.#imports.begin(START)
  }

  /** How many calls run here. An open stream does not count. */
  get load(): number {
    return this.calls.size
  }

  /** Whether everything that runs here waits for the parent: for callbacks, or for items of streams. */
  get isWaiting(): boolean {
    if (this.callbacks.isBlocked) return true
    const awaited = this.callbacks.awaited + this.streams.awaited
    return awaited > 0 && awaited >= this.load
  }

  /** Whether calls may be sent to it. A thread that is due for replacement is drained, unless a stream or an object needs it. */
  get takesCalls(): boolean {
    return !this.isLost && (!this.#policy.isOver(this.calls.abandoned) || this.isHeld)
  }

  /** Since when it has no calls, streams and objects, on the clock of `performance`; `undefined` while it has some. */
  get idleSince(): number | undefined {
    const isBusy = this.load + this.#imports.size > 0 || this.isHeld
    return isBusy ? undefined : this.#idleSince
  }

  /** Why it is to be replaced as soon as it has no calls and streams. */
  get isDue(): Kill | undefined {
    const { failure } = this.#readiness
    if (failure !== undefined) return { cause: 'setup', why: 'its setup failed' }
    const why = this.#policy.due(this.calls.abandoned)
    return why === undefined ? undefined : { cause: 'recycled', why }
  }

  /** Resolves when the thread has started, its setup included; rejects with the reason when it can't start. */
  async whenUp(): Promise<void> {
    const isUp = this.#readiness.wait()
    this.#keepAlive()
    try {
      await isUp
    } finally {
      this.#keepAlive()
    }
  }

  /**
   * Sends a call to the thread, which runs an inner call while another call there waits for this thread.
   *
   * @throws DataCloneError when an argument can't be cloned.
   */
  send(run: QueuedRun, isInner = false): void {
    // While it reads a stream, the thread can serve the callbacks that the stream waits for.
    if (sentStreamsIn(run.transferList) !== undefined) this.callbacks.open()
    wakeReaderOf(run.transferList, this.threadId, this.#notify)
    if (isInner) this.calls.sendInner(run)
    else this.calls.send(run)
    this.streams.lend(run.transferList)
    this.#keepAlive()
    this.busyTime.note(this.load)
  }

  /** Starts a blocking call by the shortest path; `undefined` when it must take the usual one. */
  runDirectly(task: Task, executor: RunExecutor): DirectRun | undefined {
    const call = this.calls.sendDirectly(task, executor)
    this.busyTime.note(this.load)
    return call
  }

  /** Called by the tuner. */
  separateCores(): boolean {
    return this.#connection.separateCores()
  }

  /** Reclaims the waiting calls beyond `kept`, if none has started since this was last called; returns whether to call again. */
  reclaimIfStuck(kept: number): boolean {
    if (this.calls.reclaimIfStuck(kept)) this.#events.onFree(this)
    return this.load > kept && this.calls.areMovable
  }

  /**
   * Cancels a task that its caller no longer waits for. `false` when the thread has not started it: then it never will,
   * and there is nothing to clean up.
   */
  cancel(run: QueuedRun, reason: unknown): boolean {
    const isRunning = this.calls.cancel(run, reason)
    if (!isRunning) this.#freed()
    return isRunning
  }

  /**
   * Abandons a call that its caller cancels while the module is imported; the import continues. `false` when the function
   * has been entered, or may have been.
   */
  leaveImporting(run: QueuedRun): boolean {
    // The thread first reports the end of the import, and then checks whether the call was cancelled.
    this.receiveAll()
    if (!this.#imports.has(run.id)) return false
    this.calls.leave(run)
    this.#freed()
    return true
  }

  /** Whether the thread has entered the call's function. */
  hasEntered(run: QueuedRun): boolean {
    this.receiveAll()
    return this.calls.hasStarted(run) && !this.#imports.has(run.id)
  }

  /** The number of the current step of this run's generator; `undefined` while the thread is not stepping it. */
  stepOf(run: QueuedRun): number | undefined {
    return this.#connection.worker.stepping === run.id ? this.#connection.worker.step : undefined
  }

  /** The caller no longer waits for a call that continues to run. */
  abandon(run: QueuedRun): void {
    this.calls.abandon(run)
    this.#left.watch()
    this.#freed()
  }

  get isImporting(): boolean {
    return this.#imports.size > 0
  }

  /** Shows from now on whether the thread's event loop gets to read its messages. */
  progress(): Progress {
    return new Progress(this.#connection)
  }

  /** Stops what has exceeded its limits, while this thread is blocked. */
  keepLimits(): void {
    for (const run of this.calls.runs) run.keepLimits()
    this.streams.keepLimits()
    this.#left.look()
    this.#imports.look()
  }

  /** Marks the thread for replacement; resolves when no call runs here any more. */
  async retire(why: string): Promise<void> {
    this.#policy.retire(why)
    // A thread with objects or streams may live for ever.
    while (!this.isLost && this.load > 0 && !this.isHeld)
      await new Promise<void>(resolve => this.#onIdle.push(resolve))
  }

  /** Whether it has state that no other thread has: an object, or the generator of an open stream. */
  get isHeld(): boolean {
    return this.streams.holdThread || this.objects.size > 0
  }

  receiveAll(): void {
    this.#connection.receiveAll()
  }

  cancelAll(reason: unknown): void {
    for (const run of this.calls.runs) run.cancel(reason)
  }

  /** Terminates the thread; running calls and streams fail with `WorkerLostError`, calls that have not started are moved. */
  kill(why: string, cause: EndCause = 'killed'): Promise<void> {
    this.exit.keepAlive()
    this.#lost({ cause, why })
    return this.exit.over
  }

  /** From now on the parent detects the thread's end even while it is blocked, however the thread ends. */
  watch(): void {
    this.#connection.watch()
  }

  onError(error: unknown): void {
    this.#exitReport.thrown ??= { error }
    this.#lost()
  }

  onExit(code: number): void {
    this.#exitReport.code ??= code
    this.#lost()
  }

  #gone(exitedSilently: boolean): void {
    this.#exitReport.exitedSilently = exitedSilently
    this.#lost()
  }

  readonly #notify = (): void => this.#connection.notify()

  readonly #onReport = (message: Report): void => {
    if (message[0] === READY)
      return this.#started(message[1] === undefined ? {} : { error: decodeThrown(message[1]) })
    if (message[0] === IMPORTING) return this.#imports.begin(message[1])
    if (message[0] === IMPORTED) return this.#imported(message[1])
    if (message[0] === RELEASE_FUNCTION) return this.callbacks.releaseFunction(message[1], message[2])
    if (message[0] === DYING) {
      this.#exitReport.thrown = { error: decodeThrown(message[1]) }
      return
    }
    if (message[0] === EXIT) return this.onExit(message[1])
    if (message[0] === UNREAD && message[1] === 0) return this.#unread(message[3])
    if (!this.calls.end(message, this)) return
    this.#policy.add()
    this.#freed()
  }

  #started(outcome: { error?: unknown }): void {
    this.#readiness.settle(outcome)
    this.#imported(START)
  }

  /** The error that prevented its start, or ended it, can't be deserialized. */
  #unread(why: string): void {
    const error = new NotCloneableError(`the error that ended its thread can't be read: ${why}`)
    if (this.#readiness.isAwaited) this.#started({ error })
    else this.#exitReport.thrown ??= { error }
  }

  #imported(id: number): void {
    this.#imports.end(id)
    if (this.load === 0) this.#freed()
  }

  /** Keeps the process alive as long as a caller waits for something from this thread. */
  #keepAlive(): void {
    this.#connection.keepAlive(this.load > 0 || this.#readiness.isAwaited)
  }

  #freed(): void {
    if (this.isLost) return
    this.busyTime.note(this.load)
    if (this.load === 0) {
      this.#idleSince = performance.now()
      this.#keepAlive()
    }
    this.#events.onFree(this)
    if (this.load === 0) this.#notifyIdle()
  }

  #notifyIdle(): void {
    for (const notify of this.#onIdle.splice(0)) notify()
  }

  #lost(kill?: Kill): void {
    if (this.isLost) return
    this.isLost = true
    // Answers that were sent before are not lost.
    this.#connection.receiveAll()
    const started = this.#connection.forbidStarts()
    this.wasOfUse = started !== 0
    // A thread that has not started has nothing to clean up.
    if (endsItself(kill?.cause) && this.#readiness.isUp) this.exit.byItself()
    else this.exit.atOnce()
    this.callbacks.close()
    let isReported = this.#readiness.isAwaited
    const lost = (subject: string): WorkerLostError => {
      isReported = true
      return lostError(subject, this.#name, this.#exitReport, kill?.why)
    }
    this.#events.onEnding(this)
    this.objects.markLost(lost)
    // A call whose thread can't start could not run on another one either.
    const cameUp = started !== 0 || (kill !== undefined && kill.cause !== 'setup')
    this.calls.markLost(started, cameUp, lost)
    this.streams.fail(() => lost('the stream'))
    this.#left.end()
    this.#imports.stop()
    const end = endOf(this.#exitReport, kill)
    // Read before `its start`, which is the error for a caller that asks later.
    const isPrinted = end.cause === 'error' && !isReported
    this.#readiness.settle({ error: lost('its start') })
    this.#events.onLost(this, end)
    this.#notifyIdle()
    // Last, in case the console throws.
    if (isPrinted) printUncaught(this.#name, end.error)
  }
}
