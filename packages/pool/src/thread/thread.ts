import type { Worker } from 'node:worker_threads'
import type { WorkerLostError } from '@bridge/core'
import { decodeThrown, encodeThrown, type Task } from '@bridge/core/executor'
import { Lane } from '../lane/lane.js'
import {
  type Answer,
  CANCEL,
  DYING,
  EXIT,
  isAfter,
  READY,
  type Report,
  STREAM,
  THROWN
} from '../lane/wire.js'
import type { EndCause } from '../stats/thread-ends.js'
import { newId } from './call-id.js'
import { count, discount } from './census.js'
import { endOf, type Kill, type LastWords, lostError } from './lost-error.js'
import { OpenStreams } from './open-streams.js'
import { QuickCall } from './quick-call.js'
import { Readiness } from './readiness.js'
import { SentCalls } from './sent-calls.js'
import type { ThreadEvents, ThreadOptions } from './thread-options.js'
import type { RunOwner, ThreadRun } from './thread-run.js'
import { watchWorker } from './watch-worker.js'
import { Wear } from './wear.js'

/**
 * One worker thread: what runs and streams there, and how it ends. Making one throws what keeps the worker from being
 * made, such as a flag that no thread takes.
 */
export class Thread {
  readonly threadId: number
  readonly streams: OpenStreams
  readonly #name: string
  readonly #events: ThreadEvents
  readonly #lane: Lane
  readonly #worker: Worker
  readonly #calls = new SentCalls()
  readonly #readiness = new Readiness()
  readonly #wear: Wear
  readonly #lastWords: LastWords = {}
  /** How many calls had been started when somebody looked last. */
  #startedBefore = 0
  /** Whether a call runs here that keeps others waiting. */
  #isStuck = false
  #quick: QuickCall | undefined
  /** The place of the last call that was sent as a message. */
  #lastMessage = 0
  #isWorn = false
  #idleSince = performance.now()
  #isLost = false
  #exited: Promise<void>

  constructor(options: ThreadOptions, events: ThreadEvents, isBlocking: boolean) {
    this.#name = options.name
    this.#events = events
    this.#wear = new Wear(options.recycleAfter)
    this.#lane = new Lane({ onReport: this.#onReport, onGone: hasVanished => this.#gone(hasVanished) })
    this.streams = new OpenStreams(() => this.#freed())
    const census = count()
    const { heap } = this.#wear
    try {
      this.#worker = options.start(
        { ...this.#lane.threadData, census, heap, setup: options.setup },
        isBlocking
      )
    } catch (error) {
      discount(census)
      this.#lane.close()
      throw error
    }
    // Node forgets it when the thread has ended.
    this.threadId = this.#worker.threadId
    this.#worker.unref()
    this.#exited = watchWorker(this.#worker, {
      onError: error => {
        this.#lastWords.thrown ??= error
        this.#lost()
      },
      onExit: code => {
        this.#lastWords.code ??= code
        discount(census)
        this.#lost()
      }
    })
  }

  /** How many calls run here. An open stream is none: it holds no place. */
  get load(): number {
    return this.#quick === undefined ? this.#calls.size : this.#calls.size + 1
  }

  /** Whether a short call may wait here without waiting long. */
  get isBusyWithShort(): boolean {
    return this.#calls.areShort && !this.#isStuck
  }

  /** Whether it may be sent calls. One that is due is left to run dry, unless a stream keeps it from ending. */
  get takesCalls(): boolean {
    return !this.#isWorn || this.streams.size > 0
  }

  /** Since when nothing has run or streamed here, on the clock of `performance`; `undefined` while something does. */
  get idleSince(): number | undefined {
    return this.load > 0 || this.streams.size > 0 ? undefined : this.#idleSince
  }

  /** Why it is to be replaced as soon as nothing runs or streams here. */
  get isDue(): Kill | undefined {
    const { failure } = this.#readiness
    if (failure !== undefined) return { cause: 'setup', why: 'its setup failed' }
    const why = this.#wear.reached
    return why === undefined ? undefined : { cause: 'recycled', why }
  }

  /** How busy its event loop has been since it started. */
  get utilization(): { readonly active: number; readonly idle: number } {
    return this.#worker.performance.eventLoopUtilization()
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
   * Sends a call to the thread.
   *
   * @throws DataCloneError when an argument can't be cloned.
   */
  send(run: ThreadRun): void {
    const byRing =
      this.#mayUseRing && run.moves === undefined && this.#lane.callByRing(run.id, run.task, false)
    if (!byRing) this.#lane.call(run.id, run.task, run.moves)
    this.#calls.add(run)
    if (!byRing) this.#lastMessage = this.#calls.sent
    if (this.load === 1) this.#keepAlive()
  }

  /** Starts a blocking call the shortest way; `undefined` when it has to take the usual one. */
  callQuickly(task: Task, owner: RunOwner): QuickCall | undefined {
    if (this.load > 0 || !this.#mayUseRing) return undefined
    const id = newId()
    if (!this.#lane.callByRing(id, task, true)) return undefined
    this.#calls.addUnnamed()
    this.#quick = new QuickCall(id, task, owner)
    return this.#quick
  }

  /** A call in the ring would overtake those that were sent as messages. */
  get #mayUseRing(): boolean {
    return !isAfter(this.#lastMessage, this.#lane.started)
  }

  /** As the tuner takes it. */
  comeApart(): boolean {
    return this.#lane.comeApart()
  }

  /** Takes back the calls beyond `kept` that have not started, when none has since this was asked last. */
  takeBackIfStuck(kept: number): void {
    // A call that turned out to be long has kept the thread from telling of these.
    this.#lane.takeReplies()
    const { started } = this.#lane
    if (started !== this.#startedBefore || this.#calls.sent === started) {
      this.#startedBefore = started
      return
    }
    const excess = this.#calls.excess(kept, started)
    if (excess.length === 0) return
    this.#isStuck = true
    for (const [run, place] of excess) {
      if (!this.#lane.takeBack(place)) continue
      this.#forget(run)
      run.recall()
    }
    this.#events.onFree(this)
  }

  /**
   * Tells a task that nobody waits for it any more. `false` when the thread has not started it: it never will then,
   * and has nothing to clean up.
   */
  cancel(run: ThreadRun, reason: unknown): boolean {
    this.#lane.markCancelled(run.id)
    if (this.#calls.isAhead(run, this.#lane.started)) {
      this.#forget(run)
      this.#freed()
      return false
    }
    this.#lane.send([CANCEL, run.id, encodeThrown(reason)])
    return true
  }

  /** Whether the thread is inside a step of this run's generator. */
  isStepping(run: ThreadRun): boolean {
    return this.#lane.isStepping(run.id)
  }

  /** Ends what has run for too long, while this thread is blocked. */
  keepLimits(): void {
    for (const run of this.#calls.runs) run.keepLimits()
  }

  /** Asks everything that runs here to stop. */
  cancelAll(reason: unknown): void {
    for (const run of this.#calls.runs) run.cancel(reason)
  }

  /** Ends the thread; what runs or streams there fails with `WorkerLostError`, what has not started is moved. */
  kill(why: string, cause: EndCause = 'killed'): Promise<void> {
    // Whoever waits for the end must not see the process end first.
    this.#worker.ref()
    this.#lost({ cause, why })
    return this.#exited
  }

  /** From now on this thread learns of that one's end while it is blocked, however that one ends. */
  watch(): void {
    this.#lane.watch()
  }

  #gone(hasVanished: boolean): void {
    this.#lastWords.hasVanished = hasVanished
    this.#lost()
  }

  readonly #onReport = (message: Report): void => {
    if (message[0] === READY) return this.#ready(message[1])
    if (message[0] === DYING) {
      this.#lastWords.thrown = decodeThrown(message[1])
      return
    }
    if (message[0] === EXIT) {
      this.#lastWords.code = message[1]
      this.#lost()
      return
    }
    this.#isStuck = false
    if (this.#quick !== undefined && message[1] === this.#quick.id) {
      this.#endQuick(this.#quick, message)
      return
    }
    const run = this.#calls.get(message[1])
    if (run === undefined) return
    this.#isWorn = this.#wear.add()
    this.#forget(run)
    if (message[0] === STREAM) run.settle({ stream: this.streams.open(message[2], run) })
    else if (message[0] === THROWN) run.settle({ thrown: message[2] })
    else {
      this.#events.onRan(run.task, run.waitTime, message[3])
      run.settle({ value: message[2] })
    }
    this.#freed()
  }

  #ready(thrown: Parameters<typeof decodeThrown>[0] | undefined): void {
    if (thrown === undefined) this.#readiness.settle({})
    else this.#readiness.settle({ error: decodeThrown(thrown) })
    if (this.load === 0) this.#events.onFree(this)
  }

  /** The process lives as long as somebody waits for something from here. */
  #keepAlive(): void {
    if (this.load > 0 || this.#readiness.isAwaited) this.#lane.ref()
    else this.#lane.unref()
  }

  #freed(): void {
    if (this.#isLost) return
    if (this.load === 0) this.#idleSince = performance.now()
    this.#events.onFree(this)
  }

  #endQuick(call: QuickCall, message: Answer): void {
    this.#quick = undefined
    this.#isWorn = this.#wear.add()
    if (message[0] === THROWN) call.settle({ thrown: message[2] })
    else if (message[0] === STREAM) {
      call.settle({ stream: this.streams.open(message[2], call.asRun(this)) })
    } else {
      this.#events.onRan(call.task, 0, message[3])
      call.settle({ value: message[2] }, message[3])
    }
    this.#freed()
  }

  #forget(run: ThreadRun): void {
    this.#calls.delete(run)
    if (this.load === 0) this.#keepAlive()
  }

  #lost(kill?: Kill): void {
    if (this.#isLost) return
    this.#isLost = true
    this.#lane.takeReplies()
    const started = this.#lane.forbidStarts()
    this.#lane.close()
    void this.#worker.terminate()
    const lost = (subject: string): WorkerLostError =>
      lostError(subject, this.#name, this.#lastWords, kill?.why)
    // A thread that came to its end before its first call would come to the same end again.
    const cameUp = started !== 0 || kill !== undefined
    for (const run of this.#calls.runs) {
      const isMovable = cameUp && run.moves === undefined && this.#calls.isAhead(run, started)
      this.#calls.delete(run)
      if (isMovable) run.recall()
      else run.settle({ thrown: encodeThrown(lost(`${run.task.name}()`)) })
    }
    if (cameUp && this.#calls.sent !== started) this.#quick?.recall()
    else this.#quick?.settle({ reason: lost(`${this.#quick.task.name}()`) })
    this.#quick = undefined
    this.streams.fail(() => lost('the stream'))
    this.#readiness.settle({ error: lost('its start') })
    this.#events.onLost(this, endOf(this.#lastWords, kill))
  }
}
