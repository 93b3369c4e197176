import type { DeadlockError } from '@bridge/core'
import type { Task } from '@bridge/core/executor'
import { Timer } from '@bridge/core/internal'
import { sentStreamsIn, steppedSource } from '@bridge/iter'
import type { Schedule } from '../queue/schedule.js'
import { blockedCalls } from '../thread/block-in-turns.js'
import { DirectRun } from '../thread/direct-run.js'
import { QueuedRun } from '../thread/queued-run.js'
import type { Thread } from '../thread/thread.js'
import type { Threads } from '../thread/threads.js'
import { currentFrame, isWaitedFor, waitingCallers } from './callback-frame.js'
import { blockedOnEachOther, needsItsWaiter } from './deadlock-errors.js'
import { isCycle, type Waiter } from './waits.js'

/** How soon, in milliseconds, a call that a stream waits for is checked again. */
const LATER = 10

/**
 * How long, in milliseconds, a cycle must last before it is an error: code that awaits a call in a callback need not keep
 * the callback from returning.
 */
const PATIENCE = 1000

/** Handles calls that wait for a free place: the call that occupies the place may be waiting for them. */
export class Nesting {
  readonly #threads: Threads
  readonly #schedule: Schedule
  /** The threads that could only wait for this thread at the last check, and since which message. */
  #parked = new Map<Thread, number>()
  #timer: Timer | undefined

  constructor(threads: Threads, schedule: Schedule) {
    this.#threads = threads
    this.#schedule = schedule
  }

  /** Whether a call that is made now is nested in a call that runs on one of the threads. */
  get isNestedNow(): boolean {
    for (const { thread } of waitingCallers()) if (this.#threads.has(thread)) return true
    return false
  }

  /** The call on one of the threads that waits for the running code, and the callback or stream by which it waits. */
  get callWaitingNow(): readonly [call: string, inside: string] | undefined {
    for (const { thread, callName, name } of waitingCallers()) {
      if (this.#threads.has(thread)) return [callName ?? 'its caller', `${name}()`]
    }
    const source = steppedSource()
    if (source === undefined) return undefined
    const runs = [...this.#threads].flatMap(thread => thread.calls.runs)
    const reader = runs.find(({ transferList }) => sentStreamsIn(transferList)?.includes(source) === true)
    return reader === undefined ? undefined : [reader.task.name, 'a stream that was sent to it']
  }

  /** Makes a waiting call run inside the call for which it was made. */
  look(run: QueuedRun, isBlocking: boolean): void {
    if (run.slot < 0) return
    const reader = this.#readerOf(run)
    if (reader !== undefined) return this.#mayGetFree ? this.#lookLater() : this.#nest(run, reader)
    const thread = this.#waiterFor(run, isBlocking)
    if (thread !== undefined) return this.#nest(run, thread)
    if (isBlocking) return
    for (const { isBlocking: isBlocked, onUnblocked } of waitingCallers(run.nestedIn)) {
      if (isBlocked) onUnblocked.push(() => this.look(run, false))
    }
  }

  /** The thread that waits for the code that made the call, and should run the call so as not to wait longer. */
  #waiterFor(run: QueuedRun, isBlocking: boolean): Thread | undefined {
    for (const { thread, isBlocking: isBlocked } of waitingCallers(run.nestedIn)) {
      if (!this.#threads.has(thread) || (run.pinnedTo ?? thread) !== thread) continue
      // A blocked thread could not run an asynchronous function: the call is checked again, when no place gets free.
      const canWait =
        isBlocked && !isBlocking ? true : (isBlocked || thread.callbacks.isBlocked) && this.#mayGetFree
      if (!canWait) return thread
    }
    return undefined
  }

  /**
   * Whether a thread that waits for the code that makes a call may run the call meanwhile, so that the call needs no
   * free place.
   */
  mayRunInside(task: Task, isBlocking: boolean): boolean {
    const nestedIn = currentFrame()
    const steppedFor = steppedSource()
    if (nestedIn === undefined && steppedFor === undefined) return false
    const pinnedTo = this.#schedule.threadOf(task)
    if (pinnedTo?.isWaiting) return true
    const threads = pinnedTo === undefined ? [...this.#threads] : [pinnedTo]
    return threads.some(
      thread => isWaitedFor({ nestedIn, isBlocking }, thread) || thread.streams.reads(steppedFor)
    )
  }

  /**
   * Checks a call that a callback or a stream waits for: that callback or stream may be what prevents the call from
   * running.
   */
  checkWaited(run: QueuedRun): void {
    if (run.isSettled) return
    if (run.slot >= 0) this.#lookForPlace(run)
    else if (run.thread !== undefined && this.#threads.has(run.thread)) this.#lookAtKept(run, run.thread)
  }

  #lookForPlace(run: QueuedRun): void {
    const home = run.pinnedTo === undefined ? this.#threads.idleHome(run) : undefined
    if (home !== undefined) {
      this.#schedule.remove(run)
      return this.#threads.send(run, home)
    }
    if (run.pinnedTo === undefined && this.#mayGetFree) return
    const waiter = this.#readerOf(run) ?? this.#waiterFor(run, run.isBlocking)
    if (waiter !== undefined) return this.#nest(run, waiter)
    const threads = run.pinnedTo === undefined ? [...this.#threads] : [run.pinnedTo]
    const inCycle = threads.filter(thread => thread.isWaiting && isCycle(run, waitersOf(thread)))
    const thread = inCycle.find(one => !one.callbacks.isBlocked) ?? inCycle[0]
    if (thread !== undefined) this.#nest(run, thread, thread)
  }

  /** A call that was sent to a thread which may only be able to wait for the code that waits for the call. */
  #lookAtKept(run: QueuedRun, thread: Thread): void {
    const by = this.keptBy(run)
    thread.receiveAll()
    if (run.isSettled || by.length === 0) return
    const isBlocking = blockedCalls().some(call => call === run && call.isBrief !== true)
    const isStuck = (isBlocking && by.some(({ needsLoop }) => needsLoop)) || isCycle(run, by)
    if (thread.calls.inner.isWaiting(run)) return
    if (isStuck && !thread.calls.hasStarted(run) && thread.calls.reclaim(run)) {
      return run.sendTo(thread, Infinity, true)
    }
    const time = run.waits.stuckFor(isStuck ? by[0] : undefined)
    if (isStuck && (isBlocking || time >= PATIENCE)) abandon(run, thread, needsItsWaiter(run.task.name))
  }

  /** The callbacks and streams that prevent a call from continuing. */
  keptBy({ isSettled, slot, pinnedTo, thread }: QueuedRun): readonly Waiter[] {
    if (isSettled) return []
    if (slot < 0) return thread?.callbacks.parkedBy === undefined ? [] : waitersOf(thread)
    if (pinnedTo !== undefined) return waitersOf(pinnedTo)
    return this.#mayGetFree ? [] : [...this.#threads].flatMap(waitersOf)
  }

  /** The thread that reads the stream which waits for the call, if no thread is free for it. */
  #readerOf({ steppedFor, pinnedTo }: QueuedRun): Thread | undefined {
    if (steppedFor === undefined) return undefined
    for (const thread of this.#threads) {
      if ((pinnedTo ?? thread) === thread && thread.streams.reads(steppedFor)) return thread
    }
    return undefined
  }

  /** Whether a thread is busy with calls that do not wait for this thread. */
  get #mayGetFree(): boolean {
    return [...this.#threads].some(one => this.#threads.isForCalls(one) && !one.isWaiting)
  }

  /** A waiting call may later be needed by the call that takes the place first. */
  #lookLater(): void {
    this.#timer ??= new Timer(LATER, () => {
      this.#timer = undefined
      for (const run of [...this.#schedule]) if (run.steppedFor !== undefined) this.look(run, false)
    }).keepAlive(false)
  }

  /** Checks the call that blocks this thread: a call that needs this thread's event loop waits for that call. */
  lookAtBlocked(): void {
    const call = blockedCalls().at(-1)
    const parked = this.#stillParked()
    if (call instanceof DirectRun) this.#lookAtSent(call, call.thread, parked)
    else if (!(call instanceof QueuedRun)) return
    else if (call.slot < 0) this.#lookAtSent(call, call.thread, parked)
    else this.#lookAtQueued(call, parked)
  }

  /** No thread that waits for this thread will ever have room for it. */
  #lookAtQueued(run: QueuedRun, parked: ReadonlySet<Thread>): void {
    const threads = run.pinnedTo === undefined ? [...this.#threads] : [run.pinnedTo]
    const isStuck = (thread: Thread): boolean => parked.has(thread) || thread.isWaiting
    const stuck = threads.filter(isStuck)
    // Threads with objects take no calls, unless no other thread can.
    if (stuck.length === 0 || threads.some(one => this.#threads.isForCalls(one) && !isStuck(one))) return
    const free = threads.find(thread => !isStuck(thread) && this.#threads.hasRoomOn(thread))
    if (free !== undefined) {
      this.#schedule.remove(run)
      this.#threads.send(run, free)
    } else this.#nest(run, stuck.find(thread => !parked.has(thread)) ?? (stuck[0] as Thread))
  }

  /** Its thread never starts it while it waits for this thread. */
  #lookAtSent(call: QueuedRun | DirectRun, thread: Thread | undefined, parked: ReadonlySet<Thread>): void {
    if (thread === undefined || !parked.has(thread)) return
    if (!thread.callbacks.reclaim(call)) {
      if (!(call instanceof QueuedRun && call.isBrief))
        abandon(call, thread, blockedOnEachOther(call.task.name))
    } else if (call instanceof QueuedRun) call.sendTo(thread, Infinity, true)
  }

  /** The threads that have only waited for this thread since the last check, although it has handled what it can. */
  #stillParked(): ReadonlySet<Thread> {
    const before = this.#parked
    this.#parked = new Map()
    const still = new Set<Thread>()
    for (const thread of this.#threads) {
      const { parkedAt } = thread.callbacks
      if (parkedAt === undefined) continue
      this.#parked.set(thread, parkedAt)
      if (before.get(thread) === parkedAt) still.add(thread)
    }
    return still
  }

  /** Runs it inside a wait: that of `thread` or, if that is blocked, of another thread whose event loop turns. */
  #nest(run: QueuedRun, thread: Thread, pinnedTo = run.pinnedTo): void {
    const turns = (one: Thread): boolean => one.takesCalls && one.isWaiting && !one.callbacks.isBlocked
    const other =
      pinnedTo === undefined && thread.callbacks.isBlocked ? [...this.#threads].find(turns) : undefined
    this.#schedule.remove(run)
    run.sendTo(other ?? thread, Infinity, true)
  }
}

/** The callbacks and streams of this thread that prevent another thread from continuing, as far as they are known. */
function waitersOf({ callbacks, streams, isWaiting }: Thread): readonly Waiter[] {
  const by = callbacks.parkedBy
  if (by === undefined) return isWaiting ? [...callbacks.served, ...streams.read] : []
  const one = by > 0 ? callbacks.servedBy(by) : streams.read.find(({ id }) => id === -by)
  return one === undefined ? [] : [one]
}

/** Fails it for its caller immediately: its thread can't report anything before this thread's event loop turns. */
function abandon(call: QueuedRun | DirectRun, thread: Thread, deadlock: DeadlockError): void {
  if (call instanceof DirectRun) return call.abandon(deadlock)
  if (!call.isSettled) {
    thread.cancel(call, deadlock)
    call.settle({ reason: deadlock })
    return
  }
  call.cancel(deadlock)
  call.control?.fail(deadlock)
}
