import {
  limitReached,
  now,
  type Run,
  restoreTransfers,
  type Task,
  type Transferable,
  takeTransfers,
  timeoutError
} from '@bridge/core/executor'
import { Timer } from '@bridge/core/internal'
import { type Blocker, type StreamControl, steppedSource } from '@bridge/iter'
import { currentFrame } from '../callback/callback-frame.js'
import { refuseWaitingForItself } from '../callback/deadlock-errors.js'
import { mayAwait, Waits } from '../callback/waits.js'
import { neverStarted } from '../object/object-location.js'
import { preparedArguments, type SentArguments } from '../object/sent-arguments.js'
import type { Queued } from '../queue/queue.js'
import { blockInTurns, checkLimits } from './block-in-turns.js'
import { newId } from './call-id.js'
import { Unresolved } from './kill-or-abandon.js'
import { Hearing } from './loop-turns.js'
import { stillRunning, stuckStream } from './lost-error.js'
import { type Outcome, takeOutcome } from './outcome.js'
import type { RunExecutor } from './run-executor.js'
import { RunTimeout } from './run-timeout.js'
import { needStack } from './stack-room.js'
import { StepWatch } from './step-watch.js'
import { refusingCycles } from './stream-cycles.js'
import type { Thread } from './thread.js'
import { waitTimeout, watchUnheld } from './timeout-errors.js'
import { unsent } from './unsent.js'

/** The state of a run that does not end by itself: created only then, which is rare. */
interface Ending {
  readonly hearing: Hearing
  readonly unresolved: Unresolved
  readonly step: StepWatch<QueuedRun>
}

/** The run of one call: queued, then on a thread, then settled. Only this class decides when it is stopped. */
export class QueuedRun implements Run, Blocker, Queued<Thread> {
  readonly priority: number
  order = 0
  slot = -1
  pinnedTo: Thread | undefined
  queuedAt = 0
  waitTime = 0
  /** What is transferred to its thread instead of being copied; it can be sent only once. */
  readonly transferList: readonly Transferable[] | undefined
  /** Its arguments in the form in which they are sent. */
  sent: SentArguments
  /**
   * A new one each time it is sent, so that no message about an earlier attempt is mistaken for one about this attempt.
   */
  id = 0
  /** Its sequence number among all calls that were sent to its thread. */
  sequence = 0
  /** How many milliseconds it was expected to run when it was sent. */
  expected = Infinity
  isBrief = false
  readonly task: Task
  readonly nestedIn = currentFrame()
  /** Whether its caller blocks from the beginning. */
  isBlocking = false
  #waits: Waits | undefined
  /** The sent stream in whose step it was made. */
  readonly steppedFor = steppedSource()
  readonly #executor: RunExecutor
  #began = 0
  thread: Thread | undefined
  /** The thread that it was sent to and that had not started it. */
  reclaimedFrom: Thread | undefined
  #settled: Outcome | undefined
  /** The reason that the caller will get, after the task has had time to clean up. */
  #stopping: { readonly reason: unknown } | undefined
  #grace: Timer | undefined
  #graceEnds: number | undefined
  #ending: Ending | undefined
  readonly #runTimeout: RunTimeout | undefined
  #stopWatching: () => void = () => {}
  #promise: Promise<unknown> | undefined
  #arrive: (() => void) | undefined

  constructor(task: Task, executor: RunExecutor) {
    this.task = task
    this.#executor = executor
    if (task.runTimeout !== undefined) this.#runTimeout = new RunTimeout(this)
    this.priority = task.priority ?? 0
    this.order = (task.insteadOf as QueuedRun | undefined)?.order ?? 0
    this.transferList = takeTransfers(task.args)
    this.sent = preparedArguments(task, executor, this.transferList, reason => this.settle({ reason }))
    if (task.trace !== undefined) this.#began = now()
  }

  get isSettled(): boolean {
    return this.#settled !== undefined
  }

  /** The callbacks and streams that wait for it, and for which a thread waits. */
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

  dequeue(): boolean {
    if (this.slot < 0 || this.isSettled) return false
    this.#executor.dequeue(this)
    this.#stopWatching()
    // The task that runs instead may run on another thread.
    restoreTransfers(this.task.args, this.transferList)
    return true
  }

  /** From now on its limits end the task; not for a blocked caller, whose timers do not fire. */
  watch(): void {
    this.#stopWatching = watchUnheld(this.task, reason => this.cancel(reason))
  }

  isOn(thread: Thread, id: number): void {
    this.thread = thread
    this.id = id
  }

  /** Sends the call to a thread; if it is `inner`, the thread runs it while it waits for this thread. */
  sendTo(thread: Thread, expected: number, isInner = false): void {
    const before = this.thread ?? this.reclaimedFrom
    if (before !== undefined) this.#executor.onResent(before !== thread && !before.isLost)
    this.thread = thread
    this.id = newId()
    this.expected = expected
    this.#runTimeout?.onSend(thread)
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
    this.#runTimeout?.begin()
  }

  /** Its function is entered only now, after an import. */
  onEntered(): void {
    if (!this.isSettled) this.#runTimeout?.begin()
  }

  /** Its thread never started it: another thread may run it. */
  onReclaimed(): void {
    this.reclaimedFrom = this.thread
    this.thread = undefined
    this.#runTimeout?.stop()
    this.#grace?.stop()
    if (this.#stopping === undefined) this.#executor.requeue(this)
    else this.settle(neverStarted(this.task, this.#stopping))
  }

  settle(settled: Outcome): void {
    if (this.#settled !== undefined) return
    // An answer after the deadline is too late, even if it arrives before the timer fires.
    if (this.task.deadline !== undefined) this.#stopping ??= limitReached(this.task)
    this.#grace?.stop()
    this.#runTimeout?.stop()
    if (!('stream' in settled)) this.#stopWatching()
    else if (this.#stopping !== undefined) settled.stream.control.abort(this.#stopping.reason)
    this.#settled = this.#stopping ?? settled
    this.#waits?.end()
    this.#arrive?.()
  }

  /** The stream has ended on its thread, so no limits are left. */
  onStreamEnd(): void {
    this.#grace?.stop()
    this.#stopWatching()
  }

  cancel(reason: unknown): void {
    // It may have ended, and its thread may be too busy with another call to report that.
    this.thread?.receiveAll()
    this.fail(reason)
  }

  fail(reason: unknown): void {
    if (this.#stopping !== undefined) return
    if (this.#settled !== undefined) return this.#stopStream(reason)
    // If its limits have ended it, their reason counts, even if their timers have not fired yet.
    this.#stopping = limitReached(this.task) ?? { reason }
    if (this.thread === undefined) {
      this.#executor.dequeue(this)
      this.settle(this.#stopping)
      return
    }
    const { thread } = this
    const isThere = thread.cancel(this, this.#stopping.reason)
    // Messages received in the meantime may have settled it, or returned it to the queue.
    if (this.isSettled) return
    if (!isThere) return this.settle(neverStarted(this.task, this.#stopping))
    if (thread.leaveImporting(this)) return this.settle(this.#stopping)
    this.#ended.hearing.begin(thread)
    this.#beginGrace(this.killGrace)
  }

  /** Blocks until the call has ended, by itself or by its limits: no timer fires while this thread is blocked. */
  waitSync(timeout = Infinity): unknown {
    needStack()
    refuseWaitingForItself(this)
    this.#executor.sendHeld()
    this.isBrief = timeout !== Infinity
    if (!this.isBrief && !this.isSettled && mayAwait()) this.waits.add()
    const waitEnds = now() + timeout
    while (!this.isSettled) {
      const limit = this.#nextLimit()
      // If it was sent in the meantime, it may have a limit that it did not have before.
      const isDone = (): boolean => this.isSettled || this.#nextLimit() !== limit
      const guarded = timeout === Infinity ? refusingCycles(this, isDone) : isDone
      if (blockInTurns(this, guarded, Math.min(limit, waitEnds) - now(), this.#executor)) continue
      if (limit > waitEnds) throw waitTimeout(this.task, timeout)
      this.#stopBlocked()
    }
    return takeOutcome(this.#settled as Outcome)
  }

  /** The wait of a blocking consumer of this call's stream: until the call's limits, since no timer fires. */
  blockUntil(isDone: () => boolean, timeout = Infinity): boolean {
    needStack()
    const waitEnds = now() + timeout
    for (let isThere = false; ; ) {
      const limit = this.#streamEnds
      const isOver = (): boolean => {
        isThere = isDone()
        return isThere || this.#streamEnds !== limit
      }
      if (blockInTurns(this, isOver, Math.min(limit, waitEnds) - now(), this.#executor)) {
        if (isThere) return true
      } else if (waitEnds <= limit) return false
      else this.#endStream()
    }
  }

  /**
   * Does the work of timers for others, while a blocking consumer of this call's stream takes items that have arrived.
   */
  checkLimits(): void {
    checkLimits(this.#executor)
  }

  /** Does the work of its timers, which do not fire while this thread is blocked by another call. */
  keepLimits(): void {
    if (this.control !== undefined) {
      if (now() >= this.#streamEnds) this.#endStream()
    } else if (!this.isSettled && now() >= this.#nextLimit()) this.#stopBlocked()
  }

  #nextLimit(): number {
    return this.#graceEnds ?? Math.min(this.task.deadline ?? Infinity, this.#runTimeout?.ends ?? Infinity)
  }

  #stopBlocked(): void {
    if (this.#graceEnds !== undefined) this.#endGrace()
    else {
      const reached = limitReached(this.task)
      if (reached === undefined) this.#runTimeout?.check()
      else this.cancel(reached.reason)
    }
  }

  /** The stream was stopped some time ago, and its generator has not ended. Returns how much longer it is waited for. */
  onStreamStuck(): number {
    // A generator that merely waits does not block its thread.
    return this.#ended.step.graceLeft(() => void this.thread?.kill(stuckStream(this.task)))
  }

  get executor(): RunExecutor {
    return this.#executor
  }

  get killGrace(): number {
    return this.#executor.killGrace
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

  /** When the stream must be stopped or, if it was, must have ended. */
  get #streamEnds(): number {
    return this.#graceEnds ?? this.task.deadline ?? Infinity
  }

  /**
   * A stream that was stopped, and has not ended within its grace period, is left; its thread is terminated only if it
   * is stuck in the stream.
   */
  #endStream(): void {
    if (this.#graceEnds === undefined) return this.#stopStream(timeoutError(this.task))
    this.#grace?.stop()
    this.#graceEnds = Infinity
    const left = this.#ended.step.graceLeft(() => this.#kill())
    if (left > 0) this.#beginStreamGrace(left)
    else this.control?.fail(undefined)
  }

  #beginGrace(milliseconds: number): void {
    // Messages handled just now may have settled it: nothing would stop the timer, which keeps the process alive.
    if (this.isSettled) return
    this.#graceEnds = now() + milliseconds
    this.#grace = new Timer(milliseconds, () => this.#endGrace())
  }

  /** The task was cancelled, and its grace period has passed, unless its thread has not read the message. */
  #endGrace(): void {
    this.#grace?.stop()
    this.thread?.receiveAll()
    if (this.isSettled) return
    // On a busy machine the message about the import arrives only now.
    if (this.#stopping !== undefined && this.thread?.leaveImporting(this)) return this.settle(this.#stopping)
    if (this.#ended.hearing.needsTime(this.thread)) return this.#beginGrace(this.killGrace)
    const left = this.#ended.unresolved.decide(this.thread, this.#ended.hearing.isHeard)
    if (left === 'kill') this.#kill()
    else if (left === 'abandon') this.#abandon()
    else this.#beginGrace(left)
  }

  #abandon(): void {
    this.thread?.abandon(this)
    if (this.#stopping !== undefined) this.settle(this.#stopping)
  }

  #kill(): void {
    // A task that has stopped in time may have reported that while this thread was busy itself.
    if (!this.isSettled) this.thread?.receiveAll()
    if (this.isSettled && this.control === undefined) return
    void this.thread?.kill(stillRunning(this.task, this.#executor.killGrace))
  }

  // An async function on purpose: an error that is created inside it shows its caller as `at async`, at no cost before.
  async #outcome(): Promise<unknown> {
    if (this.#settled === undefined) {
      await new Promise<void>(resolve => {
        this.#arrive = resolve
      })
    }
    // The caller holds the promise; held here too, it would keep an unreferenced stream alive.
    this.#promise = undefined
    return takeOutcome(this.#settled as Outcome)
  }
}
