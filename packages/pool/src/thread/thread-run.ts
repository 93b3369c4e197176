import {
  giveBackTransfers,
  limitReached,
  now,
  type Run,
  type Task,
  type Transferable,
  takeTransfers,
  timeoutError
} from '@bridge/core/executor'
import { Timer } from '@bridge/core/internal'
import { type Blocker, type StreamControl, steppedSource } from '@bridge/iter'
import { refuseWaitingForItself } from '../callback/deadlock-errors.js'
import { servedNow } from '../callback/served.js'
import { mayAwait, Waits } from '../callback/waits.js'
import { neverStarted } from '../object/home.js'
import { preparedArguments, type SentArguments } from '../object/sent-arguments.js'
import type { Queued } from '../queue/queue.js'
import { blockInTurns, lookAround } from './block-in-turns.js'
import { newId } from './call-id.js'
import { Unresolved } from './kill-or-abandon.js'
import { Hearing } from './loop-turns.js'
import { stillRunning, stuckStream } from './lost-error.js'
import type { RunOwner } from './run-owner.js'
import { outcomeOf, type Settled } from './settled.js'
import { needStack } from './stack-room.js'
import { StepWatch } from './step-watch.js'
import { refusingCycles } from './stream-cycles.js'
import type { Thread } from './thread.js'
import { runLimits, runTimeoutError, waitTimeout, watchUnheld } from './timeout-errors.js'
import { unsent } from './unsent.js'

/** How one ends that does not end by itself: made when it comes to that, which is rare. */
interface Ending {
  readonly hearing: Hearing
  readonly unresolved: Unresolved
  readonly step: StepWatch<ThreadRun>
}

/** One call: queued, then on a thread, then settled; and the one place that decides when it is stopped. */
export class ThreadRun implements Run, Blocker, Queued<Thread> {
  readonly priority: number
  order = 0
  slot = -1
  pinnedTo: Thread | undefined
  queuedAt = 0
  waitTime = 0
  /** What is moved to its thread instead of being copied; it can be sent once. */
  readonly moves: readonly Transferable[] | undefined
  /** Its arguments as they are sent. */
  sent: SentArguments
  /** Another one each time it is sent, so that nothing said of an earlier attempt is taken for this one's. */
  id = 0
  /** Its place among all that were sent to its thread. */
  place = 0
  /** How many milliseconds it was expected to run when it was sent. */
  expected = Infinity
  isBrief = false
  readonly task: Task
  readonly nestedIn = servedNow()
  /** Whether its caller blocks from the beginning. */
  isBlocking = false
  #waits: Waits | undefined
  /** The sent stream that it was made in a step of. */
  readonly steppedFor = steppedSource()
  readonly #owner: RunOwner
  #began = 0
  thread: Thread | undefined
  /** The thread that it was sent to and had not started it. */
  reclaimedFrom: Thread | undefined
  #settled: Settled | undefined
  /** Why the caller will be told that it ended, once the task has had its chance to clean up. */
  #stopping: { readonly reason: unknown } | undefined
  #grace: Timer | undefined
  #graceEnds: number | undefined
  #ending: Ending | undefined
  #runEnds = Infinity
  /** Whether it may wait on its thread for others: its time counts from when it is seen to have begun. */
  #mayWait = false
  #stopWatching: () => void = () => {}
  #stopWatchingRun: () => void = () => {}
  #promise: Promise<unknown> | undefined
  #arrive: (() => void) | undefined

  constructor(task: Task, owner: RunOwner) {
    this.task = task
    this.#owner = owner
    this.priority = task.priority ?? 0
    this.order = (task.insteadOf as ThreadRun | undefined)?.order ?? 0
    this.moves = takeTransfers(task.args)
    this.sent = preparedArguments(task, owner, this.moves, reason => this.settle({ reason }))
    if (task.trace !== undefined) this.#began = now()
  }

  get isSettled(): boolean {
    return this.#settled !== undefined
  }

  /** What waits for it, of callbacks and streams that a thread waits for. */
  get waits(): Waits {
    this.#waits ??= new Waits(this)
    return this.#waits
  }

  get #ended(): Ending {
    this.#ending ??= { hearing: new Hearing(), unresolved: new Unresolved(this), step: new StepWatch(this) }
    return this.#ending
  }

  get promise(): Promise<unknown> {
    this.#promise ??= this.#outcome()
    return this.#promise
  }

  onAwaited(): void {
    if (!this.isSettled && mayAwait()) this.waits.add()
  }

  withdraw(): boolean {
    if (this.slot < 0 || this.isSettled) return false
    this.#owner.withdraw(this)
    this.#stopWatching()
    // Whatever runs in its place may do so elsewhere.
    giveBackTransfers(this.task.args, this.moves)
    return true
  }

  /** From now on the task's limits end it; not for a blocked caller, whose timers stand still. */
  watch(): void {
    this.#stopWatching = watchUnheld(this.task, reason => this.cancel(reason))
  }

  /** It runs there already. */
  isOn(thread: Thread, id: number): void {
    this.thread = thread
    this.id = id
  }

  /** Hands the call to a thread, to be run while that one waits for this one if it is `inner`. */
  sendTo(thread: Thread, expected: number, isInner = false): void {
    const before = this.thread ?? this.reclaimedFrom
    if (before !== undefined) this.#owner.onResent(before !== thread && !before.isLost)
    this.thread = thread
    this.id = newId()
    this.expected = expected
    this.#mayWait = thread.load > 0
    if (this.task.trace !== undefined) {
      this.task.trace.waitTime = now() - this.#began
      this.task.trace.thread = thread.threadId
    }
    try {
      thread.send(this, isInner)
    } catch (error) {
      this.settle({ reason: unsent(this.task, error) })
      return
    }
    this.#watchRun()
  }

  /** Its function is entered only now, after an import. */
  onEntered(): void {
    if (!this.isSettled) this.#watchRun()
  }

  /** From now on the task's `runTimeout` counts. */
  #watchRun(): void {
    this.#stopWatchingRun()
    const limits = runLimits(this.task, this.#mayWait)
    if (limits !== undefined) this.#stopWatchingRun = watchUnheld(limits, () => this.#runTooLong())
    this.#runEnds = limits?.deadline ?? Infinity
  }

  /** Stops it, unless all of the time was spent waiting on the thread: for its start, an import, or other calls. */
  #runTooLong(): void {
    const hasEntered = this.thread?.hasEntered(this) === true
    // What the thread has told just now may be that it has entered the function only since.
    if (this.isSettled || now() < this.#runEnds) return
    if (hasEntered && !this.#mayWait) this.cancel(runTimeoutError(this.task))
    else if (this.thread !== undefined) {
      this.#mayWait = !hasEntered
      this.#watchRun()
    }
  }

  /** Its thread never started it: another one may run it. */
  recall(): void {
    this.reclaimedFrom = this.thread
    this.thread = undefined
    this.#runEnds = Infinity
    this.#stopWatchingRun()
    this.#grace?.stop()
    if (this.#stopping === undefined) this.#owner.requeue(this)
    else this.settle(neverStarted(this.task, this.#stopping))
  }

  settle(settled: Settled): void {
    if (this.#settled !== undefined) return
    // An answer that comes after the deadline is late, even when it is here before the timer.
    if (this.task.deadline !== undefined) this.#stopping ??= limitReached(this.task)
    this.#grace?.stop()
    this.#stopWatchingRun()
    if (!('stream' in settled)) this.#stopWatching()
    else if (this.#stopping !== undefined) settled.stream.control.abort(this.#stopping.reason)
    this.#settled = this.#stopping ?? settled
    this.#waits?.end()
    this.#arrive?.()
  }

  /** The stream has ended on its thread, so nothing is left to bound. */
  onStreamEnd(): void {
    this.#grace?.stop()
    this.#stopWatching()
  }

  cancel(reason: unknown): void {
    // It may have ended, and its thread may be too busy with another call to tell.
    this.thread?.receiveAll()
    this.fail(reason)
  }

  fail(reason: unknown): void {
    if (this.#stopping !== undefined) return
    if (this.#settled !== undefined) return this.#stopStream(reason)
    // What its limits have ended is not ended by something else, though their timers have not fired yet.
    this.#stopping = limitReached(this.task) ?? { reason }
    if (this.thread === undefined) {
      this.#owner.withdraw(this)
      this.settle(this.#stopping)
      return
    }
    const { thread } = this
    const isThere = thread.cancel(this, this.#stopping.reason)
    // What the thread has told meanwhile may have settled it, or given it back.
    if (this.isSettled) return
    if (!isThere) return this.settle(neverStarted(this.task, this.#stopping))
    if (thread.leaveImporting(this)) return this.settle(this.#stopping)
    this.#ended.hearing.begin(thread)
    this.#beginGrace(this.killGrace)
  }

  /** Blocks until the call has ended, by itself or by its limits: while this thread blocks, no timer fires. */
  waitSync(timeout = Infinity): unknown {
    needStack()
    refuseWaitingForItself(this)
    this.#owner.letGo()
    this.isBrief = timeout !== Infinity
    if (!this.isBrief && !this.isSettled && mayAwait()) this.waits.add()
    const waitEnds = now() + timeout
    while (!this.isSettled) {
      const limit = this.#nextLimit()
      // Sent meanwhile, it may have a limit that it did not have before.
      const isDone = (): boolean => this.isSettled || this.#nextLimit() !== limit
      const guarded = timeout === Infinity ? refusingCycles(this, isDone) : isDone
      if (blockInTurns(this, guarded, Math.min(limit, waitEnds) - now(), this.#owner)) continue
      if (limit > waitEnds) throw waitTimeout(this.task, timeout)
      this.#stopBlocked()
    }
    return outcomeOf(this.#settled as Settled)
  }

  /** How a blocking consumer of this call's stream waits: until the call's limits, which no timer tells it. */
  blockUntil(isDone: () => boolean, timeout = Infinity): boolean {
    needStack()
    const waitEnds = now() + timeout
    for (let isThere = false; ; ) {
      const limit = this.#streamEnds
      const isOver = (): boolean => {
        isThere = isDone()
        return isThere || this.#streamEnds !== limit
      }
      if (blockInTurns(this, isOver, Math.min(limit, waitEnds) - now(), this.#owner)) {
        if (isThere) return true
      } else if (waitEnds <= limit) return false
      else this.#endStream()
    }
  }

  /** Does for others what timers would do, while a blocking consumer of this call's stream takes what is there. */
  lookAround(): void {
    lookAround(this.#owner)
  }

  /** Does what its timers would do, which stand still while this thread is blocked by another call. */
  keepLimits(): void {
    if (this.control !== undefined) {
      if (now() >= this.#streamEnds) this.#endStream()
    } else if (!this.isSettled && now() >= this.#nextLimit()) this.#stopBlocked()
  }

  #nextLimit(): number {
    return this.#graceEnds ?? Math.min(this.task.deadline ?? Infinity, this.#runEnds)
  }

  #stopBlocked(): void {
    if (this.#graceEnds !== undefined) this.#endGrace()
    else {
      const reached = limitReached(this.task)
      if (reached === undefined) this.#runTooLong()
      else this.cancel(reached.reason)
    }
  }

  /** The stream was stopped some time ago, and its generator has not ended. How long it is waited for yet. */
  onStreamStuck(): number {
    // One that merely waits for something holds up nothing.
    return this.#ended.step.graceLeft(() => void this.thread?.kill(stuckStream(this.task)))
  }

  get owner(): RunOwner {
    return this.#owner
  }

  get killGrace(): number {
    return this.#owner.killGrace
  }

  get control(): StreamControl | undefined {
    return this.#settled !== undefined && 'stream' in this.#settled ? this.#settled.stream.control : undefined
  }

  #stopStream(reason: unknown): void {
    const { control } = this
    if (control === undefined || this.#graceEnds !== undefined) return
    this.#stopWatching()
    control.abort(reason)
    this.#ended.step.begin()
    this.#beginStreamGrace(this.killGrace)
  }

  #beginStreamGrace(milliseconds: number): void {
    this.#graceEnds = now() + milliseconds
    this.#grace = new Timer(milliseconds, () => this.#endStream()).keepAlive(false)
  }

  /** When the stream must be told to stop or, if it was, must have ended. */
  get #streamEnds(): number {
    return this.#graceEnds ?? this.task.deadline ?? Infinity
  }

  /** A stream that was told to stop, and has not ended in its grace, is left; its thread only where that is stuck in it. */
  #endStream(): void {
    if (this.#graceEnds === undefined) return this.#stopStream(timeoutError(this.task))
    this.#grace?.stop()
    this.#graceEnds = Infinity
    const left = this.#ended.step.graceLeft(() => this.#kill())
    if (left > 0) this.#beginStreamGrace(left)
    else this.control?.fail(undefined)
  }

  #beginGrace(milliseconds: number): void {
    // What was taken in just now may have settled it: nothing would stop the timer, which keeps the process alive.
    if (this.isSettled) return
    this.#graceEnds = now() + milliseconds
    this.#grace = new Timer(milliseconds, () => this.#endGrace())
  }

  /** The task was told to stop, and had its time for it, unless its thread has not come to hear it. */
  #endGrace(): void {
    this.#grace?.stop()
    // Its answer may be here, while this thread was busy itself.
    this.thread?.receiveAll()
    if (this.isSettled) return
    // On a busy machine the import is told of only now.
    if (this.#stopping !== undefined && this.thread?.leaveImporting(this)) return this.settle(this.#stopping)
    if (this.#ended.hearing.needsTime(this.thread)) return this.#beginGrace(this.killGrace)
    const left = this.#ended.unresolved.decide(this.thread, this.#ended.hearing.isHeard)
    if (left === 'kill') this.#kill()
    else if (left === 'abandon') this.#abandon()
    else this.#beginGrace(left)
  }

  /** The task goes on for itself. */
  #abandon(): void {
    this.thread?.abandon(this)
    if (this.#stopping !== undefined) this.settle(this.#stopping)
  }

  #kill(): void {
    // A task that has stopped in time may have said so while this thread was busy itself.
    if (!this.isSettled) this.thread?.receiveAll()
    if (this.isSettled && this.control === undefined) return
    void this.thread?.kill(stillRunning(this.task, this.#owner.killGrace))
  }

  // An async function on purpose: an error that is made inside it shows `at async` its caller, at no cost before.
  async #outcome(): Promise<unknown> {
    if (this.#settled === undefined) {
      await new Promise<void>(resolve => {
        this.#arrive = resolve
      })
    }
    // Whoever asked holds the promise; held here too, it would keep a dropped stream alive.
    this.#promise = undefined
    return outcomeOf(this.#settled as Settled)
  }
}
