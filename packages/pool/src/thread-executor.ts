import { inspect } from 'node:util'
import { type CallOptions, ExecutorClosedError } from '@bridge/core'
import { AbstractExecutor, type Run, startMadeCalls, type Task } from '@bridge/core/executor'
import { checkMilliseconds, checkOptions, refuse, Timer, waitAtMost } from '@bridge/core/internal'
import { closesItself, recyclesItself } from './callback/deadlock-errors.js'
import { Nesting } from './callback/nesting.js'
import { checkWaited, type Waiter } from './callback/waits.js'
import { idleHome, ObjectCalls } from './object/object-calls.js'
import type { CloseOptions, Pool } from './pool.js'
import { queueFull, refusalOf } from './queue/refusal.js'
import { Schedule } from './queue/schedule.js'
import { type PoolStats, StatsCollector } from './stats/pool-stats.js'
import { type DirectRun, isUnbounded } from './thread/direct-run.js'
import { QueuedRun } from './thread/queued-run.js'
import type { RunExecutor } from './thread/run-executor.js'
import { needStack } from './thread/stack-room.js'
import { Threads } from './thread/threads.js'
import type { ThreadExecutorOptions } from './thread-executor-options.js'

/** How long, in milliseconds, a caller may be blocked before the threads are watched. */
const UNWATCHED = 100

/** Runs calls on threads: it has a queue and threads, and decides where each call runs. */
export class ThreadExecutor extends AbstractExecutor implements Pool, RunExecutor {
  readonly name: string
  readonly canBlock = true
  readonly place = 'elsewhere'
  readonly killGrace: number
  readonly onTimeout: CallOptions['onTimeout']
  readonly stuckGrace: number
  readonly isShared: boolean
  readonly #options: ThreadExecutorOptions
  readonly #threads: Threads
  readonly #schedule: Schedule
  readonly #objects: ObjectCalls
  readonly #nesting: Nesting
  readonly #stats = new StatsCollector()
  readonly #pinned = new Set<ThreadExecutor>()
  /** Calls that are all queued before the next one of them is chosen. */
  #held: QueuedRun[] | undefined
  #closing: Promise<void> | undefined
  /** Whether waiting calls are no longer run, except those that a running call needs. */
  #cancelsQueued = false
  /** Whether the remaining calls are being ended. */
  #isEnding = false
  #onIdle: (() => void) | undefined

  constructor(options: ThreadExecutorOptions) {
    super()
    this.#options = options
    this.name = options.name
    this.killGrace = options.killGrace
    this.onTimeout = options.onTimeout
    this.stuckGrace = options.stuckGrace
    this.isShared = options.isShared
    this.#threads = new Threads(
      { ...options, executor: this },
      {
        onRan: (_task, waitTime, runTime) => this.#stats.addCall(waitTime, runTime),
        onFree: thread => {
          this.#schedule.onFree(thread)
          this.#updateIdle()
        },
        onLost: (thread, end) => {
          this.#stats.addEnd({ threadId: thread.threadId, ...end, at: Date.now() })
          this.#schedule.onLost(thread)
          this.#updateIdle()
        }
      }
    )
    this.#schedule = new Schedule(this.#threads)
    this.#objects = new ObjectCalls(this.#threads)
    this.#nesting = new Nesting(this.#threads, this.#schedule)
  }

  get keepsObjects(): boolean {
    return true
  }

  hold<R>(start: () => R): R {
    if (this.#held !== undefined) return start()
    this.#held = []
    try {
      return start()
    } finally {
      this.sendHeld()
    }
  }

  sendHeld(): void {
    const held = this.#held
    if (held === undefined) return
    this.#held = undefined
    this.#schedule.dispatch()
    for (const run of held) this.#nesting.look(run, false)
  }

  start(task: Task): Run {
    // An awaited call starts in a microtask, whose stack is empty.
    if (task.isCancellable) needStack()
    const run = new QueuedRun(task, this)
    const refused = this.#refusal(task, false)
    if (refused !== undefined) run.settle(refused)
    if (!run.isSettled) {
      run.watch()
      this.#add(run, false)
    }
    return this.#objects.noted(run)
  }

  runSync(task: Task): unknown {
    needStack()
    const direct = this.#runDirectly(task)
    const answer = direct?.wait()
    if (answer !== undefined) return answer.value
    const refused = this.#refusal(task, true)
    if (refused !== undefined) throw refused.reason
    const run = new QueuedRun(task, this)
    run.isBlocking = true
    run.reclaimedFrom = direct?.thread
    if (!run.isSettled) this.#add(run, true)
    return run.waitSync()
  }

  stats(): PoolStats {
    return this.#stats.look(this.#threads, this.#schedule.size)
  }

  async warmUp(): Promise<void> {
    if (this.#closing !== undefined) throw this.#closedError('warmUp()')
    await this.#threads.warmUp()
  }

  async recycle(): Promise<void> {
    if (this.#closing !== undefined) throw this.#closedError('recycle()')
    const waiting = this.#callWaitingNow
    if (waiting !== undefined) throw recyclesItself(this.name, ...waiting)
    try {
      await this.#threads.recycle(() => this.#closing === undefined)
    } catch (error) {
      // An executor that was closed in the meantime has no threads to replace.
      if (this.#closing === undefined) throw error
    }
  }

  pin(): ThreadExecutor {
    if (this.#closing !== undefined) throw this.#closedError('pin()')
    const pinned = new ThreadExecutor({
      ...this.#options,
      name: `${this.name} (pinned)`,
      minThreads: 1,
      maxThreads: 1,
      idleTimeout: Infinity,
      recycleAfter: undefined,
      maxAbandoned: Infinity,
      reopens: false,
      onClose: () => this.#pinned.delete(pinned)
    })
    this.#pinned.add(pinned)
    return pinned
  }

  [inspect.custom](): string {
    const { threads, queued, running, streams } = this.stats()
    return `Executor ${this.name} (${threads} threads, ${running} running, ${queued} queued, ${streams} streams)`
  }

  close(options: CloseOptions = {}): Promise<void> {
    checkOptions('close()', options ?? null, ['drain', 'queued', 'timeout'])
    const { drain, queued, timeout } = options
    checkMilliseconds('close()', 'timeout', timeout)
    if (drain !== undefined && typeof drain !== 'boolean') {
      refuse('close()', 'drain must be true or false', drain)
    }
    if (queued !== undefined && queued !== 'run' && queued !== 'cancel') {
      refuse('close()', "queued must be 'run' or 'cancel'", queued)
    }
    const left = drain === false ? 0 : (timeout ?? Infinity)
    const waiting = left === Infinity ? this.#callWaitingNow : undefined
    if (waiting !== undefined) return Promise.reject(closesItself(this.name, ...waiting))
    if (this.#closing === undefined) startMadeCalls(this)
    // Also while an earlier close() is still waiting.
    const pinned = [...this.#pinned].map(one => one.close(options))
    this.#closing ??= this.#close(pinned)
    const closing = this.#closing
    if (queued === 'cancel') this.#cancelQueued()
    if (drain === false) this.#failAll()
    else if (left !== Infinity) this.#failAfter(left, closing)
    return closing
  }

  dequeue(run: QueuedRun): void {
    this.#schedule.remove(run)
    this.#updateIdle()
  }

  requeue(run: QueuedRun): void {
    if (this.#cancelsQueued && !isNested(run)) return run.cancel(this.#closedError(`${run.task.name}()`))
    if (!this.#objects.route(run, false)) this.#schedule.requeue(run)
  }

  onResent(isStolen: boolean): void {
    this.#stats.addResent(isStolen)
  }

  keptBy(run: QueuedRun): readonly Waiter[] {
    return this.#nesting.keptBy(run)
  }

  checkWaited(run: QueuedRun): void {
    this.#nesting.checkWaited(run)
  }

  onBlocked(milliseconds: number): void {
    this.#threads.rebalance()
    checkWaited()
    this.#nesting.lookAtBlocked()
    for (const thread of this.#threads) thread.keepLimits()
    if (milliseconds >= UNWATCHED) this.#threads.watch()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #runDirectly(task: Task): DirectRun | undefined {
    if (this.#closing !== undefined || this.#schedule.size > 0 || !isUnbounded(task)) return undefined
    const thread = task.operation === undefined ? this.#threads.idle() : idleHome(task)
    return thread?.runDirectly(task, this)
  }

  #add(run: QueuedRun, isBlocking: boolean): void {
    if (this.#objects.route(run, isBlocking)) return
    if (this.#held !== undefined) {
      this.#held.push(run)
      this.#schedule.enqueue(run)
      return
    }
    this.#schedule.add(run, isBlocking)
    this.#nesting.look(run, isBlocking)
  }

  /** The call that waits for the running code, here or on a thread that was pinned here. */
  get #callWaitingNow(): readonly [call: string, inside: string] | undefined {
    const executors: readonly ThreadExecutor[] = [this, ...this.#pinned]
    for (const executor of executors) {
      const waiting = executor.#nesting.callWaitingNow
      if (waiting !== undefined) return waiting
    }
    return undefined
  }

  #failAfter(milliseconds: number, closing: Promise<void>): void {
    const timer = new Timer(milliseconds, () => this.#failAll())
    const stop = (): void => timer.stop()
    closing.then(stop, stop)
  }

  /** Calls that a running call waits for keep waiting in the queue. */
  #cancelQueued(): void {
    this.#cancelsQueued = true
    const waiting = [...this.#schedule].filter(run => !isNested(run))
    for (const run of waiting) run.cancel(this.#closedError(`${run.task.name}()`))
  }

  #failAll(): void {
    this.#isEnding = true
    const closed = this.#closedError('close()')
    for (const run of [...this.#schedule]) run.cancel(closed)
    for (const thread of this.#threads) thread.cancelAll(closed)
  }

  async #close(pinned: readonly Promise<void>[]): Promise<void> {
    if (this.#schedule.size > 0 || this.#threads.isBusy) {
      await new Promise<void>(resolve => {
        this.#onIdle = resolve
      })
      this.#onIdle = undefined
    }
    await this.#stopStreams()
    await this.#threads.end(`${this.name} was closed`)
    await Promise.all(pinned)
    this.#options.onClose?.()
    if (!this.#options.reopens) return
    this.#closing = undefined
    this.#cancelsQueued = false
    this.#isEnding = false
  }

  /** Open streams are stopped, and may clean up like any task that is stopped. */
  async #stopStreams(): Promise<void> {
    const closed = this.#closedError('a stream')
    const stopped = Promise.all([...this.#threads].map(thread => thread.streams.stop(closed)))
    await waitAtMost(stopped, this.killGrace)
  }

  #refusal(task: Task, isBlocking: boolean): { reason: unknown } | undefined {
    // A call that is needed by a call that is drained is run, too.
    if (this.#closing !== undefined && (this.#isEnding || !this.#nesting.isNestedNow)) {
      return { reason: this.#closedError(`${task.name}()`) }
    }
    const refused = refusalOf(task, this.name)
    if (refused !== undefined || task.operation !== undefined) return refused
    // Held calls would count as waiting.
    if (this.#held !== undefined && this.#schedule.size >= this.#options.maxQueue) this.#schedule.dispatch()
    const { size } = this.#schedule
    if (size < this.#options.maxQueue || this.#schedule.hasRoomFor(task)) return undefined
    if (this.#nesting.mayRunInside(task, isBlocking)) return undefined
    return { reason: queueFull(task, this.name, size) }
  }

  #closedError(where: string): ExecutorClosedError {
    return new ExecutorClosedError(`${where}: ${this.name} is closed; make a new one, or close it later`)
  }

  #updateIdle(): void {
    if (this.#onIdle !== undefined && this.#schedule.size === 0 && !this.#threads.isBusy) this.#onIdle()
  }
}

/** Whether it was made in a callback of a running call, which may wait for it. */
function isNested({ nestedIn }: QueuedRun): boolean {
  return nestedIn !== undefined
}
