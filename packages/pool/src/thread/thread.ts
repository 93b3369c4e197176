import { NotCloneableError, type WorkerLostError } from '@bridge/core'
import { decodeThrown, type Task } from '@bridge/core/executor'
import { sentStreamsIn, wakeReaderOf } from '@bridge/iter'
import { callbackThread } from '../callback/callback-thread.js'
import { Callbacks } from '../callback/callbacks.js'
import { Lane } from '../lane/lane.js'
import { DROP, DYING, EXIT, IMPORTED, IMPORTING, READY, RELEASE, type Report, UNREAD } from '../lane/wire.js'
import { Received } from '../object/received-data.js'
import { type Release, ThreadObjects } from '../object/thread-objects.js'
import { BusyTime } from '../stats/busy-time.js'
import type { EndCause } from '../stats/thread-ends.js'
import { Imports, START } from './imports.js'
import { Progress } from './loop-turns.js'
import { endOf, type Kill, type LastWords, lostError } from './lost-error.js'
import { OpenStreams } from './open-streams.js'
import { printUncaught } from './print-uncaught.js'
import type { QuickCall } from './quick-call.js'
import { Readiness } from './readiness.js'
import { Wear } from './recycle-after.js'
import type { RunOwner } from './run-owner.js'
import { startWorker, type WorkerEvents } from './start-worker.js'
import { LeftWork } from './stuck-grace.js'
import { ThreadCalls } from './thread-calls.js'
import { endsItself, ThreadExit } from './thread-exit.js'
import type { Numbering } from './thread-numbers.js'
import type { ThreadEvents, ThreadOptions } from './thread-options.js'
import type { ThreadRun } from './thread-run.js'

/** One worker thread: what runs and streams there, and how it ends. Making one throws what keeps it from being made. */
export class Thread implements WorkerEvents {
  readonly threadId: number
  /** Which of its executor's threads it is, from 1. */
  readonly number: number
  readonly streams: OpenStreams
  readonly objects: ThreadObjects
  readonly callbacks: Callbacks
  readonly calls: ThreadCalls
  readonly #name: string
  readonly #events: ThreadEvents
  readonly #lane: Lane
  readonly exit: ThreadExit
  readonly #readiness = new Readiness()
  readonly #left: LeftWork
  readonly #imports: Imports
  readonly busyTime: BusyTime
  readonly #wear: Wear
  readonly #lastWords: LastWords = {}
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
    this.#wear = new Wear(options.recycleAfter, options.maxAbandoned, options.maxThreads === 1)
    this.busyTime = new BusyTime(options.concurrencyPerThread)
    this.#lane = new Lane({
      onReport: this.#onReport,
      // What a task has told before it ended comes before its end.
      onBefore: () => this.callbacks.receive(),
      onPrinted: options.output.write,
      onCut: () => this.exit.cut(),
      onGone: hasVanished => this.#gone(hasVanished)
    })
    this.#lane.output.add(options.output.bits)
    const received = new Received(this, options.executor)
    this.streams = new OpenStreams(received.live, () => {
      this.#left.watch()
      this.#freed()
    })
    const release: Release = (id, received) => this.#lane.send([RELEASE, id, received])
    this.objects = new ThreadObjects(release, () => this.#freed())
    this.#left = new LeftWork(this, this.#lane, options.stuckGrace)
    const callbacks = callbackThread(this, this.#lane, options.executor, received)
    this.callbacks = new Callbacks(callbacks)
    this.calls = new ThreadCalls(this.#lane, this, received, events.onRan)
    const data = {
      ...this.#lane.threadData,
      heap: this.#wear.heap,
      setup: options.setup,
      places: options.concurrencyPerThread,
      number,
      after: before?.exit.word,
      killGrace: options.killGrace
    }
    try {
      const { worker, exited } = startWorker(options.start, data, isBlocking, this)
      this.exit = new ThreadExit(worker, exited, this.#lane, options.killGrace, data.after)
      this.threadId = worker.threadId // Node forgets it when the thread has ended.
    } catch (error) {
      this.#lane.close()
      throw error
    }
    this.#imports = new Imports(options.importTimeout, id => this.#importLate(id, options.importTimeout))
    this.#imports.begin(START)
  }

  /** How many calls run here. An open stream is none: it holds no place. */
  get load(): number {
    return this.calls.size
  }

  /** Whether all that runs here waits for its owner: for callbacks, or for items of streams. */
  get isWaiting(): boolean {
    if (this.callbacks.isBlocked) return true
    const awaited = this.callbacks.awaited + this.streams.awaited
    return awaited > 0 && awaited >= this.load
  }

  /** Whether it may be sent calls. One that is due is left to run dry, unless a stream or an object keeps it. */
  get takesCalls(): boolean {
    return !this.isLost && (!this.#wear.isOver(this.calls.abandoned) || this.isHeld)
  }

  /** Since when nothing runs, streams or lives here, on the clock of `performance`; `undefined` while something does. */
  get idleSince(): number | undefined {
    const isBusy = this.load + this.#imports.size > 0 || this.isHeld
    return isBusy ? undefined : this.#idleSince
  }

  /** Why it is to be replaced as soon as nothing runs or streams here. */
  get isDue(): Kill | undefined {
    const { failure } = this.#readiness
    if (failure !== undefined) return { cause: 'setup', why: 'its setup failed' }
    const why = this.#wear.due(this.calls.abandoned)
    return why === undefined ? undefined : { cause: 'recycled', why }
  }

  /** Resolves when the thread is up, its setup included, and rejects with what keeps it from coming up. */
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
   * Sends a call to the thread, which runs an inner one while another one waits for this thread.
   *
   * @throws DataCloneError when an argument can't be cloned.
   */
  send(run: ThreadRun, isInner = false): void {
    // While it reads a stream, the thread can do what the stream waits for, and be asked for it.
    if (sentStreamsIn(run.moves) !== undefined) this.callbacks.open()
    wakeReaderOf(run.moves, this.threadId, this.#ring)
    if (isInner) this.calls.sendInner(run)
    else this.calls.send(run)
    this.streams.lend(run.moves)
    this.#keepAlive()
    this.busyTime.note(this.load)
  }

  /** Starts a blocking call the shortest way; `undefined` when it has to take the usual one. */
  callQuickly(task: Task, owner: RunOwner): QuickCall | undefined {
    const call = this.calls.sendQuickly(task, owner)
    this.busyTime.note(this.load)
    return call
  }

  /** As the tuner takes it. */
  comeApart(): boolean {
    return this.#lane.comeApart()
  }

  /** Takes back what waits beyond `kept`, if nothing has started since this was asked last; whether to ask again. */
  takeBackIfStuck(kept: number): boolean {
    if (this.calls.takeBackIfStuck(kept)) this.#events.onFree(this)
    return this.load > kept && this.calls.areMovable
  }

  /**
   * Tells a task that nobody waits for it any more. `false` when the thread has not started it: it never will then,
   * and has nothing to clean up.
   */
  cancel(run: ThreadRun, reason: unknown): boolean {
    const isRunning = this.calls.cancel(run, reason)
    if (!isRunning) this.#freed()
    return isRunning
  }

  /**
   * Lets a call go whose caller leaves while its module is imported, which goes on; `false` when its function has been
   * entered, or may have been.
   */
  leaveImporting(run: ThreadRun): boolean {
    // The thread tells of the import's end first, and looks at whether the call was cancelled second.
    this.receiveAll()
    if (!this.#imports.has(run.id)) return false
    this.calls.leave(run)
    this.#freed()
    return true
  }

  /** Whether it has entered the call's function. */
  hasEntered(run: ThreadRun): boolean {
    this.receiveAll()
    return this.calls.hasStarted(run) && !this.#imports.has(run.id)
  }

  /** The number of the step of this run's generator that the thread is inside of; `undefined` while it is inside none. */
  stepOf(run: ThreadRun): number | undefined {
    return this.#lane.stepping === run.id ? this.#lane.step : undefined
  }

  /** The caller waits no longer for a call that goes on. */
  abandon(run: ThreadRun): void {
    this.calls.abandon(run)
    this.#left.watch()
    this.#freed()
  }

  /** Whether it imports something now. */
  get isImporting(): boolean {
    return this.#imports.size > 0
  }

  /** From now on it can be seen whether the thread comes to hear what it was told. */
  progress(): Progress {
    return new Progress(this.#lane)
  }

  /** Ends what has run for too long, while this thread is blocked. */
  keepLimits(): void {
    for (const run of this.calls.runs) run.keepLimits()
    this.streams.keepLimits()
    this.#left.look()
    this.#imports.look()
  }

  /** From now on it is to be replaced; resolves when no call runs here any more. */
  async retire(why: string): Promise<void> {
    this.#wear.retire(why)
    // One that is held may go on for ever.
    while (!this.isLost && this.load > 0 && !this.isHeld)
      await new Promise<void>(resolve => this.#onIdle.push(resolve))
  }

  /** Whether something lives here that no other thread has: an object, or the generator of an open stream. */
  get isHeld(): boolean {
    return this.streams.holdThread || this.objects.size > 0
  }

  /** Takes what it has answered. */
  receiveAll(): void {
    this.#lane.receiveAll()
  }

  /** Asks everything that runs here to stop. */
  cancelAll(reason: unknown): void {
    for (const run of this.calls.runs) run.cancel(reason)
  }

  /** Ends the thread; what runs or streams there fails with `WorkerLostError`, what has not started is moved. */
  kill(why: string, cause: EndCause = 'killed'): Promise<void> {
    this.exit.keepAlive()
    this.#lost({ cause, why })
    return this.exit.over
  }

  /** From now on this thread learns of that one's end while it is blocked, however that one ends. */
  watch(): void {
    this.#lane.watch()
  }

  onError(error: unknown): void {
    this.#lastWords.thrown ??= { error }
    this.#lost()
  }

  onExit(code: number): void {
    this.#lastWords.code ??= code
    this.#lost()
  }

  #gone(hasVanished: boolean): void {
    this.#lastWords.hasVanished = hasVanished
    this.#lost()
  }

  readonly #ring = (): void => this.#lane.ring()

  readonly #onReport = (message: Report): void => {
    if (message[0] === READY) return this.#ready(message[1])
    if (message[0] === IMPORTING) return this.#imports.begin(message[1])
    if (message[0] === IMPORTED) return this.#imported(message[1])
    if (message[0] === DROP) return this.callbacks.drop(message[1], message[2])
    if (message[0] === DYING) {
      this.#lastWords.thrown = { error: decodeThrown(message[1]) }
      return
    }
    if (message[0] === EXIT) return this.onExit(message[1])
    if (message[0] === UNREAD && message[1] === 0) return this.#unread(message[3])
    if (!this.calls.end(message, this)) return
    this.#wear.add()
    this.#freed()
  }

  #ready(thrown: Parameters<typeof decodeThrown>[0] | undefined): void {
    this.#readiness.settle(thrown === undefined ? {} : { error: decodeThrown(thrown) })
    this.#imported(START)
  }

  /** What keeps it from coming up, or ends it, can't be read. */
  #unread(why: string): void {
    const error = new NotCloneableError(`what its thread told of its end can't be read: ${why}`)
    if (!this.#readiness.isAwaited) this.#lastWords.thrown ??= { error }
    else {
      this.#readiness.settle({ error })
      this.#imported(START)
    }
  }

  #imported(id: number): void {
    this.#imports.end(id)
    if (id === START) for (const run of this.calls.runs) run.onEntered()
    else this.calls.get(id)?.onEntered()
    if (this.load === 0) this.#freed()
  }

  #importLate(id: number, timeout: number): void {
    // It may have ended, and told so while this thread was busy.
    this.receiveAll()
    if (!this.#imports.has(id)) return
    const within = `within ${timeout} ms (importTimeout), so the thread was ended`
    if (id === START) void this.kill(`it did not come up ${within}`, 'setup')
    else
      void this.kill(
        `the module of ${this.calls.get(id)?.task.name ?? 'a call'}() was not imported ${within}`
      )
  }

  /** The process lives as long as somebody waits for something from here. */
  #keepAlive(): void {
    this.#lane.keepAlive(this.load > 0 || this.#readiness.isAwaited)
  }

  #freed(): void {
    if (this.isLost) return
    this.busyTime.note(this.load)
    if (this.load === 0) {
      this.#idleSince = performance.now()
      this.#keepAlive()
    }
    this.#events.onFree(this)
    if (this.load === 0) this.#tellIdle()
  }

  #tellIdle(): void {
    for (const tell of this.#onIdle.splice(0)) tell()
  }

  #lost(kill?: Kill): void {
    if (this.isLost) return
    this.isLost = true
    // What it has answered is not lost with it.
    this.#lane.receiveAll()
    const started = this.#lane.forbidStarts()
    this.wasOfUse = started !== 0
    // One that has not come up has set up nothing.
    if (endsItself(kill?.cause) && this.#readiness.isUp) this.exit.byItself()
    else this.exit.atOnce()
    this.callbacks.close()
    let isTold = this.#readiness.isAwaited
    const lost = (subject: string): WorkerLostError => {
      isTold = true
      return lostError(subject, this.#name, this.#lastWords, kill?.why)
    }
    this.#events.onEnding(this)
    this.objects.lose(lost)
    // One that does not come up would not elsewhere either.
    const cameUp = started !== 0 || (kill !== undefined && kill.cause !== 'setup')
    this.calls.lose(started, cameUp, lost)
    this.streams.fail(() => lost('the stream'))
    this.#left.end()
    this.#imports.stop()
    const end = endOf(this.#lastWords, kill)
    // Looked at before `its start`, which is made for a caller that may ask later.
    const isPrinted = end.cause === 'error' && !isTold
    this.#readiness.settle({ error: lost('its start') })
    this.#events.onLost(this, end)
    this.#tellIdle()
    // Last: a console that throws leaves nothing undone here.
    if (isPrinted) printUncaught(this.#name, end.error)
  }
}
