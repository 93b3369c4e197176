import type { DeadlockError } from '@bridge/core'
import type { Task } from '@bridge/core/executor'
import { Timer } from '@bridge/core/internal'
import { sentStreamsIn, steppedSource } from '@bridge/iter'
import type { Schedule } from '../queue/schedule.js'
import { blockedCalls } from '../thread/block-in-turns.js'
import { QuickCall } from '../thread/quick-call.js'
import type { Thread } from '../thread/thread.js'
import { ThreadRun } from '../thread/thread-run.js'
import type { Threads } from '../thread/threads.js'
import { blockedOnEachOther, needsItsWaiter } from './deadlock-errors.js'
import { isWaitedFor, servedNow, waitingFor } from './served.js'
import { isCycle, type Waiter } from './waits.js'

/** How soon, in milliseconds, a call that a stream waits for is looked at again. */
const LATER = 10

/**
 * How long, in milliseconds, a cycle must last before it is an error: code that awaits a call in a callback need not keep
 * the callback from returning.
 */
const PATIENCE = 1000

/** What becomes of a call that has to wait for a place: it may be the one that whoever holds the place waits for. */
export class Nesting {
  readonly #threads: Threads
  readonly #schedule: Schedule
  /** The threads that could do nothing but wait for this one when it was looked last, and since which message. */
  #parked = new Map<Thread, number>()
  #timer: Timer | undefined

  constructor(threads: Threads, schedule: Schedule) {
    this.#threads = threads
    this.#schedule = schedule
  }

  /** Whether a call that is made now is one of a call's that runs on one of the threads. */
  get isNestedNow(): boolean {
    for (const { thread } of waitingFor()) if (this.#threads.has(thread)) return true
    return false
  }

  /** The call on one of the threads that waits for the code that asks, and what of the code's it waits for. */
  get callWaitingNow(): readonly [call: string, inside: string] | undefined {
    for (const { thread, callName, name } of waitingFor()) {
      if (this.#threads.has(thread)) return [callName ?? 'its caller', `${name}()`]
    }
    const source = steppedSource()
    if (source === undefined) return undefined
    const runs = [...this.#threads].flatMap(thread => thread.calls.runs)
    const reader = runs.find(({ moves }) => sentStreamsIn(moves)?.includes(source) === true)
    return reader === undefined ? undefined : [reader.task.name, 'a stream that was sent to it']
  }

  /** Has a call that waits run inside of the one that it was made for. */
  look(run: ThreadRun, isBlocking: boolean): void {
    if (run.slot < 0) return
    const reader = this.#readerOf(run)
    if (reader !== undefined) return this.#mayGetFree ? this.#lookLater() : this.#nest(run, reader)
    const thread = this.#waiterFor(run, isBlocking)
    if (thread !== undefined) return this.#nest(run, thread)
    if (isBlocking) return
    for (const { isBlocking: isBlocked, onUnblocked } of waitingFor(run.nestedIn)) {
      if (isBlocked) onUnblocked.push(() => this.look(run, false))
    }
  }

  /** The thread that waits for the code which has made the call, and is to run it rather than that it waits any longer. */
  #waiterFor(run: ThreadRun, isBlocking: boolean): Thread | undefined {
    for (const { thread, isBlocking: isBlocked } of waitingFor(run.nestedIn)) {
      if (!this.#threads.has(thread) || (run.pinnedTo ?? thread) !== thread) continue
      // Blocked, it could not run what is asynchronous: it is looked at again, when nothing else gets free.
      const canWait =
        isBlocked && !isBlocking ? true : (isBlocked || thread.callbacks.isBlocked) && this.#mayGetFree
      if (!canWait) return thread
    }
    return undefined
  }

  /** Whether a thread that waits for the code which makes a call may run the call meanwhile, so that it waits for no place. */
  mayRunInside(task: Task, isBlocking: boolean): boolean {
    const nestedIn = servedNow()
    const steppedFor = steppedSource()
    if (nestedIn === undefined && steppedFor === undefined) return false
    const pinnedTo = this.#schedule.threadOf(task)
    if (pinnedTo?.isWaiting) return true
    const threads = pinnedTo === undefined ? [...this.#threads] : [pinnedTo]
    return threads.some(
      thread => isWaitedFor({ nestedIn, isBlocking }, thread) || thread.streams.reads(steppedFor)
    )
  }

  /** Looks at a call that a callback or a stream waits for, which may be what keeps the call waiting. */
  lookAtWaited(run: ThreadRun): void {
    if (run.isSettled) return
    if (run.slot >= 0) this.#lookForPlace(run)
    else if (run.thread !== undefined && this.#threads.has(run.thread)) this.#lookAtKept(run, run.thread)
  }

  #lookForPlace(run: ThreadRun): void {
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

  /** One that was sent, to a thread that may be able to do nothing but wait for who waits for it. */
  #lookAtKept(run: ThreadRun, thread: Thread): void {
    const by = this.keptBy(run)
    thread.receiveAll()
    if (run.isSettled || by.length === 0) return
    const isBlocking = blockedCalls().some(call => call === run && call.isBrief !== true)
    const isStuck = (isBlocking && by.some(({ needsLoop }) => needsLoop)) || isCycle(run, by)
    if (thread.calls.inner.isWaiting(run)) return
    if (isStuck && !thread.calls.hasStarted(run) && thread.calls.takeBack(run)) {
      return run.sendTo(thread, Infinity, true)
    }
    const time = run.waits.stuckFor(isStuck ? by[0] : undefined)
    if (isStuck && (isBlocking || time >= PATIENCE)) abandon(run, thread, needsItsWaiter(run.task.name))
  }

  /** The callbacks and streams that keep a call from going on. */
  keptBy({ isSettled, slot, pinnedTo, thread }: ThreadRun): readonly Waiter[] {
    if (isSettled) return []
    if (slot < 0) return thread?.callbacks.parkedBy === undefined ? [] : waitersOf(thread)
    if (pinnedTo !== undefined) return waitersOf(pinnedTo)
    return this.#mayGetFree ? [] : [...this.#threads].flatMap(waitersOf)
  }

  /** The thread that reads the stream which waits for the call, where none is free for it. */
  #readerOf({ steppedFor, pinnedTo }: ThreadRun): Thread | undefined {
    if (steppedFor === undefined) return undefined
    for (const thread of this.#threads) {
      if ((pinnedTo ?? thread) === thread && thread.streams.reads(steppedFor)) return thread
    }
    return undefined
  }

  /** Whether a thread is busy with what does not wait for this one. */
  get #mayGetFree(): boolean {
    return [...this.#threads].some(one => this.#threads.isForCalls(one) && !one.isWaiting)
  }

  /** What waits for a place may come to be needed by whatever takes that place first. */
  #lookLater(): void {
    this.#timer ??= new Timer(LATER, () => {
      this.#timer = undefined
      for (const run of [...this.#schedule]) if (run.steppedFor !== undefined) this.look(run, false)
    }).keepAlive(false)
  }

  /** Looks after the call that this thread is blocked by: what waits for this thread's event loop waits for that call. */
  lookAtBlocked(): void {
    const call = blockedCalls().at(-1)
    const parked = this.#stillParked()
    if (call instanceof QuickCall) this.#lookAtSent(call, call.thread, parked)
    else if (!(call instanceof ThreadRun)) return
    else if (call.slot < 0) this.#lookAtSent(call, call.thread, parked)
    else this.#lookAtQueued(call, parked)
  }

  /** No thread that waits for this one will ever have room for it. */
  #lookAtQueued(run: ThreadRun, parked: ReadonlySet<Thread>): void {
    const threads = run.pinnedTo === undefined ? [...this.#threads] : [run.pinnedTo]
    const isStuck = (thread: Thread): boolean => parked.has(thread) || thread.isWaiting
    const stuck = threads.filter(isStuck)
    // Those that objects live on take no calls, unless nothing else can.
    if (stuck.length === 0 || threads.some(one => this.#threads.isForCalls(one) && !isStuck(one))) return
    const free = threads.find(thread => !isStuck(thread) && this.#threads.hasRoomOn(thread))
    if (free !== undefined) {
      this.#schedule.remove(run)
      this.#threads.send(run, free)
    } else this.#nest(run, stuck.find(thread => !parked.has(thread)) ?? (stuck[0] as Thread))
  }

  /** Its thread never comes to it while it waits for this one. */
  #lookAtSent(call: ThreadRun | QuickCall, thread: Thread | undefined, parked: ReadonlySet<Thread>): void {
    if (thread === undefined || !parked.has(thread)) return
    if (!thread.callbacks.takeBack(call)) {
      if (!(call instanceof ThreadRun && call.isBrief))
        abandon(call, thread, blockedOnEachOther(call.task.name))
    } else if (call instanceof ThreadRun) call.sendTo(thread, Infinity, true)
  }

  /** Those that have done nothing but wait for this thread since the last look, though it has served what it can. */
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

  /** Has it run inside of a wait: of `thread`'s or, where that is blocked, of one's whose event loop turns. */
  #nest(run: ThreadRun, thread: Thread, pinnedTo = run.pinnedTo): void {
    const turns = (one: Thread): boolean => one.takesCalls && one.isWaiting && !one.callbacks.isBlocked
    const other =
      pinnedTo === undefined && thread.callbacks.isBlocked ? [...this.#threads].find(turns) : undefined
    this.#schedule.remove(run)
    run.sendTo(other ?? thread, Infinity, true)
  }
}

/** What of this thread's keeps another one from going on with anything, as far as that is known. */
function waitersOf({ callbacks, streams, isWaiting }: Thread): readonly Waiter[] {
  const by = callbacks.parkedBy
  if (by === undefined) return isWaiting ? [...callbacks.served, ...streams.read] : []
  const one = by > 0 ? callbacks.servedBy(by) : streams.read.find(({ id }) => id === -by)
  return one === undefined ? [] : [one]
}

/** Ends it for its caller at once: its thread can say nothing before this one's event loop turns. */
function abandon(call: ThreadRun | QuickCall, thread: Thread, deadlock: DeadlockError): void {
  if (call instanceof QuickCall) return call.abandon(deadlock)
  if (!call.isSettled) {
    thread.cancel(call, deadlock)
    call.settle({ reason: deadlock })
    return
  }
  call.cancel(deadlock)
  call.control?.fail(deadlock)
}
