import { type EncodedThrown, encodeThrown, type Task, unreadable } from '@bridge/core/executor'
import type { RunningCall } from '../callback/callback-server.js'
import type { Callbacks } from '../callback/callbacks.js'
import type { Connection } from '../connection/connection.js'
import {
  ABANDONED,
  type Answer,
  CANCEL,
  isAfter,
  SKIPPED,
  STREAM,
  THROWN,
  UNREAD,
  VALUE
} from '../connection/wire.js'
import { ObjectLocation } from '../object/object-location.js'
import type { Received } from '../object/received-data.js'
import { numbered } from '../object/sent-arguments.js'
import { newId } from './call-id.js'
import { DirectRun } from './direct-run.js'
import { InnerCalls } from './inner-calls.js'
import type { OpenStreams } from './open-streams.js'
import type { Outcome } from './outcome.js'
import type { QueuedRun } from './queued-run.js'
import type { RunExecutor } from './run-executor.js'
import { SentCalls, type Waiting } from './sent-calls.js'
import type { Thread } from './thread.js'
import type { ThreadEvents } from './thread-options.js'

/** This many milliseconds of calls are worth reclaiming for an idle thread: waking it costs some 50 µs. */
const WORTH_STEALING = 0.2

/** The calls on one thread: they are sent there, reclaimed, cancelled and answered. */
export class ThreadCalls {
  readonly #thread: Thread
  readonly #connection: Connection
  readonly #streams: OpenStreams
  readonly #callbacks: Callbacks
  readonly #received: Received
  readonly #onRan: ThreadEvents['onRan']
  readonly #sent = new SentCalls()
  readonly inner = new InnerCalls()
  /** The ids of calls that continue, but that their callers no longer wait for. */
  readonly #abandoned = new Set<number>()
  #direct: DirectRun | undefined
  #directSequence = 0
  /** The sequence number of the last call that was sent as a message. */
  #lastMessage = 0
  /** How many calls had been started at the last check. */
  #startedBefore = 0
  /** Whether a call runs here that keeps others waiting. */
  #isStuck = false
  /** Set when the thread is lost: a getter of a call that is being sent may have waited until it was. */
  #discardAgain: (() => void) | undefined

  constructor(connection: Connection, thread: Thread, received: Received, onRan: ThreadEvents['onRan']) {
    this.#thread = thread
    this.#connection = connection
    this.#streams = thread.streams
    this.#callbacks = thread.callbacks
    this.#received = received
    this.#onRan = onRan
  }

  get size(): number {
    return this.#sent.size + this.inner.size + (this.#direct === undefined ? 0 : 1)
  }

  /** The call of that id, as it was sent. */
  get(id: number): QueuedRun | undefined {
    return this.#sent.get(id) ?? this.inner.get(id)
  }

  /** Whether the thread has started this call. */
  hasStarted(run: QueuedRun): boolean {
    return !this.inner.isWaiting(run) && !this.#sent.isAhead(run, this.#connection.worker.started)
  }

  /** The caller no longer waits for a call that the thread has started: its answer is discarded. */
  leave(run: QueuedRun): void {
    this.#delete(run)
    this.#connection.send([ABANDONED, run.id])
  }

  /** The caller no longer waits for a call that continues: its answer is discarded. */
  abandon(run: QueuedRun): void {
    this.leave(run)
    this.#abandoned.add(run.id)
  }

  /** How many abandoned calls continue. */
  get abandoned(): number {
    return this.#abandoned.size
  }

  /**
   * The call whose synchronous section runs there now; `undefined` if there is none, or an asynchronous function runs.
   */
  get busyWith(): QueuedRun | 'what was left' | 'another' | undefined {
    const { stepping } = this.#connection.worker
    if (stepping === 0) return undefined
    return this.#abandoned.has(stepping) ? 'what was left' : (this.get(stepping) ?? 'another')
  }

  /** Whether the thread has started another one of them. */
  haveStartedBeside(run: QueuedRun): boolean {
    if (this.#direct !== undefined) return true
    return this.runs.some(other => other !== run && this.hasStarted(other))
  }

  /** Whether the thread has started any of them. */
  get haveStarted(): boolean {
    const { started } = this.#connection.worker
    if (this.#direct !== undefined && !isAfter(this.#directSequence, started)) return true
    return this.#sent.haveStarted(started) || this.inner.haveBegun
  }

  /** Whether any could run on another thread. */
  get areMovable(): boolean {
    return this.#sent.hasMovable
  }

  get runs(): readonly QueuedRun[] {
    return [...this.#sent.runs, ...this.inner.runs]
  }

  /**
   * In how many milliseconds a call that is sent now would start, as far as that is known; `Infinity` if it could not
   * be reclaimed.
   */
  get startsIn(): number {
    if (this.#direct !== undefined || this.#isStuck || this.#sent.isFull(this.#connection.worker.started))
      return Infinity
    return this.#sent.expected
  }

  /** @throws DataCloneError when an argument can't be cloned. */
  send(run: QueuedRun): void {
    const { task, transferList } = run
    if (run.sent.functions !== undefined) this.#callbacks.open()
    const byRing =
      this.#mayUseRing &&
      transferList === undefined &&
      run.sent.references === undefined &&
      this.#connection.write(task, run.sent.args) &&
      // A getter among the arguments may have sent a call as a message.
      this.#mayUseRing &&
      this.#connection.callByRing(run.id, task, false)
    if (!byRing) this.#connection.call(run.id, task, run.sent, transferList)
    this.#callbacks.hold(run.sent)
    this.#sent.add(run)
    if (!byRing) this.#lastMessage = this.#sent.sent
    this.#discardAgain?.()
  }

  /**
   * Sends a call that is nested in a callback of this thread, which may wait for it.
   *
   * @throws DataCloneError when an argument can't be cloned.
   */
  sendInner(run: QueuedRun): void {
    const { object } = run.sent
    // Earlier calls on its object that have not started come before it.
    if (object !== undefined) for (const earlier of this.#sent.aheadOf(object)) this.#moveInside(earlier)
    this.#sendInside(run)
  }

  #moveInside(run: QueuedRun): void {
    if (this.reclaim(run)) run.sendTo(this.#thread, Infinity, true)
  }

  #sendInside(run: QueuedRun): void {
    this.#callbacks.sendInner(run)
    this.inner.add(run)
    this.#discardAgain?.()
  }

  /** Reclaims a call that has not started and has transferred nothing. */
  reclaim(call: QueuedRun | DirectRun): boolean {
    if (this.#sent.isTooFar(this.#connection.worker.started)) return false
    if (call instanceof DirectRun) {
      if (call !== this.#direct || !this.#connection.reclaim(this.#directSequence)) return false
      this.#direct = undefined
      call.onReclaimed()
      return true
    }
    const sequence = this.#sent.sequenceOf(call)
    if (sequence === undefined || call.transferList !== undefined || !this.#connection.reclaim(sequence))
      return false
    this.#discard(call)
    return true
  }

  /** The call with that id, which runs here. */
  find(id: number | undefined): RunningCall | undefined {
    if (id === undefined) return undefined
    if (this.#direct?.id === id) return this.#direct
    return this.#sent.get(id) ?? this.inner.get(id) ?? this.#streams.find(id)
  }

  /** Starts a blocking call by the shortest path; `undefined` when it must take the usual one. */
  sendDirectly(task: Task, executor: RunExecutor): DirectRun | undefined {
    if (this.size > 0 || !this.#mayUseRing) return undefined
    if (!this.#connection.write(task, numbered(task))) return undefined
    // A getter among the arguments may have sent a call here.
    if (this.size > 0 || !this.#mayUseRing || this.#thread.isLost) return undefined
    const id = newId()
    if (!this.#connection.callByRing(id, task, true)) return undefined
    this.#directSequence = this.#sent.addUnnamed()
    this.#direct = new DirectRun(id, this.#thread, task, executor, direct => this.#promote(direct))
    return this.#direct
  }

  /** Reclaims the calls beyond `kept` that have not started, if none has started since this was last called. */
  reclaimIfStuck(kept: number): boolean {
    // A long call has kept the thread from reporting these.
    this.#connection.takeReplies()
    const { started } = this.#connection.worker
    if (started !== this.#startedBefore || this.#sent.sent === started) {
      this.#startedBefore = started
      return false
    }
    const excess = this.#sent.excess(this.#direct === undefined ? kept : kept - 1, started)
    if (excess.length === 0) return false
    this.#isStuck = true
    this.#reclaimAll(excess)
    return true
  }

  /** How many milliseconds the calls are expected to run that have not started and may run on another thread. */
  get stealable(): number {
    // A small sum need not be exact.
    if (this.#sent.expected < WORTH_STEALING) return 0
    return this.#sent.unbound(this.#connection.worker.started).reduce((sum, [run]) => sum + run.expected, 0)
  }

  /** Reclaims half of these, the last ones; returns how many. */
  reclaimHalf(): number {
    const waiting = this.#sent.unbound(this.#connection.worker.started)
    return this.#reclaimAll(waiting.slice(waiting.length >> 1).reverse())
  }

  /** Reclaims calls of a lower priority, so that a new call comes before them. */
  reclaimBelow(priority: number): void {
    const waiting = this.#sent.unbound(this.#connection.worker.started)
    this.#reclaimAll(waiting.filter(([run]) => run.priority < priority).reverse())
  }

  #reclaimAll(waiting: readonly Waiting[]): number {
    let taken = 0
    for (const [run, sequence] of waiting) {
      if (!this.#connection.reclaim(sequence)) continue
      this.#discard(run)
      run.onReclaimed()
      taken++
    }
    return taken
  }

  /** Cancels a task that its caller no longer waits for; `false` when it has not started, and never will. */
  cancel(run: QueuedRun, reason: unknown): boolean {
    this.#connection.markCancelled(run.id)
    // The thread reports first, and reads the word second.
    this.#callbacks.receive()
    if (!this.hasStarted(run)) {
      this.#discard(run)
      return false
    }
    this.#connection.send([CANCEL, run.id, encodeThrown(reason)], undefined, -run.id)
    return true
  }

  /** Settles a call with the thread's answer; `false` when its caller no longer waits. */
  end(answer: Answer, thread: Thread): boolean {
    this.#isStuck = false
    this.#connection.discardCancelled(answer[1])
    if (this.#direct !== undefined && answer[1] === this.#direct.id) {
      this.#endDirect(this.#direct, answer, thread)
      return true
    }
    const inner = this.inner.get(answer[1])
    const run = inner ?? this.#sent.get(answer[1])
    if (run === undefined) {
      // The stream will not be read, so its generator may end.
      if (answer[0] === STREAM) this.#streams.refuse(answer)
      if (answer[0] === VALUE) this.#received.discard(answer[4])
      return this.#abandoned.delete(answer[1])
    }
    if (answer[0] === SKIPPED) this.#discard(run)
    else if (inner === undefined) this.#sent.delete(run)
    else this.inner.delete(run)
    if (answer[0] === SKIPPED) run.onReclaimed()
    else if (answer[0] === UNREAD) {
      if (answer[2] === 'its arguments') this.#callbacks.release(run.sent)
      run.settle({ reason: unreadable(`${run.task.name}()`, answer[2], answer[3]) })
    } else if (answer[0] === STREAM) run.settle({ stream: this.#streams.open(answer, run) })
    else if (answer[0] === THROWN) run.settle(this.#thrown(run, answer[2]))
    else {
      this.#onRan(run.task, run.waitTime, answer[3])
      run.settle({ value: this.#received.data(answer[2], answer[4]) })
    }
    return true
  }

  /**
   * A call of an object whose constructor failed gets the constructor's error; the thread only knows that there is no
   * object.
   */
  #thrown({ sent, task }: QueuedRun, thrown: EncodedThrown): Outcome {
    const lost = sent.object === undefined ? undefined : ObjectLocation.of(sent.object).lost
    return lost === undefined ? { thrown: this.#received.thrown(thrown) } : { reason: lost(`${task.name}()`) }
  }

  /**
   * Reclaims the calls that the thread, having started `started`, has not started, and fails the rest. If a thread ends
   * before its first call, another would end in the same way, and nothing is reclaimed.
   */
  markLost(started: number, cameUp: boolean, lost: (subject: string) => unknown): void {
    this.#discardAgain = () => this.markLost(started, cameUp, lost)
    for (const run of this.runs) {
      const isAhead = this.inner.isWaiting(run) || this.#sent.isAhead(run, started)
      const isMovable = cameUp && run.transferList === undefined && isAhead
      this.#discard(run)
      if (isMovable) run.onReclaimed()
      else run.settle({ thrown: encodeThrown(lost(`${run.task.name}()`)) })
    }
    if (cameUp && isAfter(this.#directSequence, started)) this.#direct?.onReclaimed()
    else this.#direct?.settle({ reason: lost(`${this.#direct.task.name}()`) })
    this.#direct = undefined
    this.#abandoned.clear()
  }

  /** The thread has never received this call. */
  #discard(run: QueuedRun): void {
    this.#delete(run)
    this.#callbacks.release(run.sent)
  }

  #delete(run: QueuedRun): void {
    if (this.inner.has(run)) this.inner.delete(run)
    else this.#sent.delete(run)
  }

  /** A direct run that has to be stopped continues as a usual one. */
  #promote(direct: DirectRun): QueuedRun {
    const run = direct.asRun(this.#thread)
    this.#direct = undefined
    this.#sent.add(run, this.#directSequence)
    return run
  }

  /** A call in the ring would overtake calls that were sent as messages. */
  get #mayUseRing(): boolean {
    return !isAfter(this.#lastMessage, this.#connection.worker.started)
  }

  #endDirect(call: DirectRun, answer: Answer, thread: Thread): void {
    this.#direct = undefined
    if (answer[0] === SKIPPED) call.onReclaimed()
    else if (answer[0] === UNREAD)
      call.settle({ reason: unreadable(`${call.task.name}()`, answer[2], answer[3]) })
    else if (answer[0] === THROWN) call.settle({ thrown: this.#received.thrown(answer[2]) })
    else if (answer[0] === STREAM) {
      const run = call.asRun(thread)
      const stream = this.#streams.open(answer, run)
      // An early end of the stream concerns the stream, and not the call.
      run.settle({ stream })
      call.settle({ stream })
    } else {
      this.#onRan(call.task, 0, answer[3])
      call.settle({ value: this.#received.data(answer[2], answer[4]) }, answer[3])
    }
  }
}
