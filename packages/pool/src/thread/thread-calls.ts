import { type EncodedThrown, encodeThrown, type Task, unreadable } from '@bridge/core/executor'
import type { Callbacks } from '../callback/callbacks.js'
import type { RunningCall } from '../callback/served-callback.js'
import type { Lane } from '../lane/lane.js'
import { type Answer, CANCEL, isAfter, LEFT, SKIPPED, STREAM, THROWN, UNREAD, VALUE } from '../lane/wire.js'
import { Home } from '../object/home.js'
import type { Received } from '../object/received-data.js'
import { numbered } from '../object/sent-arguments.js'
import { newId } from './call-id.js'
import { InnerCalls } from './inner-calls.js'
import type { OpenStreams } from './open-streams.js'
import { QuickCall } from './quick-call.js'
import type { RunOwner } from './run-owner.js'
import { SentCalls, type Waiting } from './sent-calls.js'
import type { Settled } from './settled.js'
import type { Thread } from './thread.js'
import type { ThreadEvents } from './thread-options.js'
import type { ThreadRun } from './thread-run.js'

/** So many milliseconds of calls are worth taking back for a thread that has nothing to do: waking it costs some 50 µs. */
const WORTH_STEALING = 0.2

/** The calls on one thread: how they are sent there, taken back, cancelled and answered. */
export class ThreadCalls {
  readonly #thread: Thread
  readonly #lane: Lane
  readonly #streams: OpenStreams
  readonly #callbacks: Callbacks
  readonly #received: Received
  readonly #onRan: ThreadEvents['onRan']
  readonly #sent = new SentCalls()
  readonly inner = new InnerCalls()
  /** The ids of those that go on, and that their callers wait no longer for. */
  readonly #abandoned = new Set<number>()
  #quick: QuickCall | undefined
  #quickPlace = 0
  /** The place of the last call that was sent as a message. */
  #lastMessage = 0
  /** How many calls had been started when somebody looked last. */
  #startedBefore = 0
  /** Whether a call runs here that keeps others waiting. */
  #isStuck = false
  /** Where the thread is lost: a getter of a call that is being sent may have waited until it was. */
  #loseAgain: (() => void) | undefined

  constructor(lane: Lane, thread: Thread, received: Received, onRan: ThreadEvents['onRan']) {
    this.#thread = thread
    this.#lane = lane
    this.#streams = thread.streams
    this.#callbacks = thread.callbacks
    this.#received = received
    this.#onRan = onRan
  }

  get size(): number {
    return this.#sent.size + this.inner.size + (this.#quick === undefined ? 0 : 1)
  }

  /** The call of that id, as it was sent. */
  get(id: number): ThreadRun | undefined {
    return this.#sent.get(id) ?? this.inner.get(id)
  }

  /** Whether the thread has come to this one. */
  hasStarted(run: ThreadRun): boolean {
    return !this.inner.isWaiting(run) && !this.#sent.isAhead(run, this.#lane.started)
  }

  /** The caller waits no longer for a call that the thread has come to: what it answers is discarded. */
  leave(run: ThreadRun): void {
    this.#delete(run)
    this.#lane.send([LEFT, run.id])
  }

  /** The caller waits no longer for a call that goes on: what it answers is discarded. */
  abandon(run: ThreadRun): void {
    this.leave(run)
    this.#abandoned.add(run.id)
  }

  /** How many go on that were abandoned. */
  get abandoned(): number {
    return this.#abandoned.size
  }

  /** Whose synchronous section runs there now; `undefined` where none does, or what an asynchronous function does. */
  get busyWith(): ThreadRun | 'what was left' | 'another' | undefined {
    const { stepping } = this.#lane
    if (stepping === 0) return undefined
    return this.#abandoned.has(stepping) ? 'what was left' : (this.get(stepping) ?? 'another')
  }

  /** Whether the thread has started another one of them. */
  haveStartedBeside(run: ThreadRun): boolean {
    if (this.#quick !== undefined) return true
    return this.runs.some(other => other !== run && this.hasStarted(other))
  }

  /** Whether the thread has started any of them. */
  get haveStarted(): boolean {
    const { started } = this.#lane
    if (this.#quick !== undefined && !isAfter(this.#quickPlace, started)) return true
    return this.#sent.haveStarted(started) || this.inner.haveBegun
  }

  /** Whether any could run elsewhere. */
  get areMovable(): boolean {
    return this.#sent.hasMovable
  }

  get runs(): readonly ThreadRun[] {
    return [...this.#sent.runs, ...this.inner.runs]
  }

  /** In how many milliseconds a call would start that is sent now, as far as that is known; `Infinity` if it could not be taken back. */
  get startsIn(): number {
    if (this.#quick !== undefined || this.#isStuck || this.#sent.isFull(this.#lane.started)) return Infinity
    return this.#sent.expected
  }

  /** @throws DataCloneError when an argument can't be cloned. */
  send(run: ThreadRun): void {
    const { task, moves } = run
    if (run.sent.functions !== undefined) this.#callbacks.open()
    const byRing =
      this.#mayUseRing &&
      moves === undefined &&
      run.sent.references === undefined &&
      this.#lane.write(task, run.sent.args) &&
      // A getter among them may have sent a call as a message.
      this.#mayUseRing &&
      this.#lane.callByRing(run.id, task, false)
    if (!byRing) this.#lane.call(run.id, task, run.sent, moves)
    this.#callbacks.hold(run.sent)
    this.#sent.add(run)
    if (!byRing) this.#lastMessage = this.#sent.sent
    this.#loseAgain?.()
  }

  /**
   * Sends a call that is nested in a callback of this thread's, which may wait for it.
   *
   * @throws DataCloneError when an argument can't be cloned.
   */
  sendInner(run: ThreadRun): void {
    const { object } = run.sent
    // What was asked of its object before, and has not started, comes before it.
    if (object !== undefined) for (const earlier of this.#sent.aheadOf(object)) this.#moveInside(earlier)
    this.#sendInside(run)
  }

  #moveInside(run: ThreadRun): void {
    if (this.takeBack(run)) run.sendTo(this.#thread, Infinity, true)
  }

  #sendInside(run: ThreadRun): void {
    this.#callbacks.sendInner(run)
    this.inner.add(run)
    this.#loseAgain?.()
  }

  /** Takes back a call that has not started and that nothing was moved with. */
  takeBack(call: ThreadRun | QuickCall): boolean {
    if (this.#sent.isTooFar(this.#lane.started)) return false
    if (call instanceof QuickCall) {
      if (call !== this.#quick || !this.#lane.takeBack(this.#quickPlace)) return false
      this.#quick = undefined
      call.recall()
      return true
    }
    const place = this.#sent.placeOf(call)
    if (place === undefined || call.moves !== undefined || !this.#lane.takeBack(place)) return false
    this.#forget(call)
    return true
  }

  /** The call of that id, which runs here. */
  find(id: number | undefined): RunningCall | undefined {
    if (id === undefined) return undefined
    if (this.#quick?.id === id) return this.#quick
    return this.#sent.get(id) ?? this.inner.get(id) ?? this.#streams.find(id)
  }

  /** Starts a blocking call the shortest way; `undefined` when it has to take the usual one. */
  sendQuickly(task: Task, owner: RunOwner): QuickCall | undefined {
    if (this.size > 0 || !this.#mayUseRing) return undefined
    if (!this.#lane.write(task, numbered(task))) return undefined
    // A getter among them may have sent a call here.
    if (this.size > 0 || !this.#mayUseRing || this.#thread.isLost) return undefined
    const id = newId()
    if (!this.#lane.callByRing(id, task, true)) return undefined
    this.#quickPlace = this.#sent.addUnnamed()
    this.#quick = new QuickCall(id, this.#thread, task, owner, quick => this.#promote(quick))
    return this.#quick
  }

  /** Takes back the calls beyond `kept` that have not started, when none has since this was asked last. */
  takeBackIfStuck(kept: number): boolean {
    // A call that turned out to be long has kept the thread from telling of these.
    this.#lane.takeReplies()
    const { started } = this.#lane
    if (started !== this.#startedBefore || this.#sent.sent === started) {
      this.#startedBefore = started
      return false
    }
    const excess = this.#sent.excess(this.#quick === undefined ? kept : kept - 1, started)
    if (excess.length === 0) return false
    this.#isStuck = true
    this.#takeBackAll(excess)
    return true
  }

  /** How many milliseconds the calls are expected to run that have not started and may run elsewhere. */
  get stealable(): number {
    // Of little it is not worth knowing how much.
    if (this.#sent.expected < WORTH_STEALING) return 0
    return this.#sent.unbound(this.#lane.started).reduce((sum, [run]) => sum + run.expected, 0)
  }

  /** Takes back half of these, the last ones; how many that were. */
  takeBackHalf(): number {
    const waiting = this.#sent.unbound(this.#lane.started)
    return this.#takeBackAll(waiting.slice(waiting.length >> 1).reverse())
  }

  /** Takes back those of a lower priority, which one that comes now goes before. */
  takeBackBelow(priority: number): void {
    const waiting = this.#sent.unbound(this.#lane.started)
    this.#takeBackAll(waiting.filter(([run]) => run.priority < priority).reverse())
  }

  #takeBackAll(waiting: readonly Waiting[]): number {
    let taken = 0
    for (const [run, place] of waiting) {
      if (!this.#lane.takeBack(place)) continue
      this.#forget(run)
      run.recall()
      taken++
    }
    return taken
  }

  /** Tells a task that nobody waits for it any more; `false` when it has not started, and never will then. */
  cancel(run: ThreadRun, reason: unknown): boolean {
    this.#lane.markCancelled(run.id)
    // The thread tells first, and looks at the word second.
    this.#callbacks.receive()
    if (!this.hasStarted(run)) {
      this.#forget(run)
      return false
    }
    this.#lane.send([CANCEL, run.id, encodeThrown(reason)], undefined, -run.id)
    return true
  }

  /** Ends a call as its thread says it has ended; `false` when nobody waits for it any more. */
  end(answer: Answer, thread: Thread): boolean {
    this.#isStuck = false
    this.#lane.forgetCancelled(answer[1])
    if (this.#quick !== undefined && answer[1] === this.#quick.id) {
      this.#endQuick(this.#quick, answer, thread)
      return true
    }
    const inner = this.inner.get(answer[1])
    const run = inner ?? this.#sent.get(answer[1])
    if (run === undefined) {
      // Nobody will read it, so its generator may end.
      if (answer[0] === STREAM) this.#streams.refuse(answer)
      if (answer[0] === VALUE) this.#received.discard(answer[4])
      return this.#abandoned.delete(answer[1])
    }
    if (answer[0] === SKIPPED) this.#forget(run)
    else if (inner === undefined) this.#sent.delete(run)
    else this.inner.delete(run)
    if (answer[0] === SKIPPED) run.recall()
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

  /** What a call of an object that was never made throws is why it was not; the thread knows only that it has none. */
  #thrown({ sent, task }: ThreadRun, thrown: EncodedThrown): Settled {
    const lost = sent.object === undefined ? undefined : Home.of(sent.object).lost
    return lost === undefined ? { thrown: this.#received.thrown(thrown) } : { reason: lost(`${task.name}()`) }
  }

  /**
   * Gives back what the thread has not started, having started so many, and fails the rest. A thread that came to its
   * end before its first call would come to the same end again, and nothing is given back.
   */
  lose(started: number, cameUp: boolean, lost: (subject: string) => unknown): void {
    this.#loseAgain = () => this.lose(started, cameUp, lost)
    for (const run of this.runs) {
      const isAhead = this.inner.isWaiting(run) || this.#sent.isAhead(run, started)
      const isMovable = cameUp && run.moves === undefined && isAhead
      this.#forget(run)
      if (isMovable) run.recall()
      else run.settle({ thrown: encodeThrown(lost(`${run.task.name}()`)) })
    }
    if (cameUp && isAfter(this.#quickPlace, started)) this.#quick?.recall()
    else this.#quick?.settle({ reason: lost(`${this.#quick.task.name}()`) })
    this.#quick = undefined
    this.#abandoned.clear()
  }

  /** The thread never came to see this call. */
  #forget(run: ThreadRun): void {
    this.#delete(run)
    this.#callbacks.release(run.sent)
  }

  #delete(run: ThreadRun): void {
    if (this.inner.has(run)) this.inner.delete(run)
    else this.#sent.delete(run)
  }

  /** A quick call that has to be stopped goes on as a usual one. */
  #promote(quick: QuickCall): ThreadRun {
    const run = quick.asRun(this.#thread)
    this.#quick = undefined
    this.#sent.add(run, this.#quickPlace)
    return run
  }

  /** A call in the ring would overtake those that were sent as messages. */
  get #mayUseRing(): boolean {
    return !isAfter(this.#lastMessage, this.#lane.started)
  }

  #endQuick(call: QuickCall, answer: Answer, thread: Thread): void {
    this.#quick = undefined
    if (answer[0] === SKIPPED) call.recall()
    else if (answer[0] === UNREAD)
      call.settle({ reason: unreadable(`${call.task.name}()`, answer[2], answer[3]) })
    else if (answer[0] === THROWN) call.settle({ thrown: this.#received.thrown(answer[2]) })
    else if (answer[0] === STREAM) {
      const run = call.asRun(thread)
      const stream = this.#streams.open(answer, run)
      // What ends the stream early ends the stream, and not a call.
      run.settle({ stream })
      call.settle({ stream })
    } else {
      this.#onRan(call.task, 0, answer[3])
      call.settle({ value: this.#received.data(answer[2], answer[4]) }, answer[3])
    }
  }
}
