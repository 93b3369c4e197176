import { Timer } from '@bridge/core/internal'
import { sentStreamsIn, steppedSource } from '@bridge/iter'
import type { Schedule } from '../queue/schedule.js'
import { blockedCalls } from '../thread/block-in-turns.js'
import { QuickCall } from '../thread/quick-call.js'
import type { Thread } from '../thread/thread.js'
import { ThreadRun } from '../thread/thread-run.js'
import type { Threads } from '../thread/threads.js'
import { blockedOnEachOther } from './deadlock.js'
import { waitingFor } from './served.js'

/** How soon, in milliseconds, a call that a stream waits for is looked at again. */
const LATER = 10

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
    for (const { thread, isBlocking: isBlocked, onUnblocked } of waitingFor(run.nestedIn)) {
      if (!this.#threads.has(thread) || (run.pinnedTo ?? thread) !== thread) continue
      // Blocked, it could not run what is asynchronous: who blocks here looks again, when nothing else gets free.
      const canWait = isBlocked && (!isBlocking || this.#mayGetFree)
      if (!canWait) return this.#nest(run, thread)
      if (!isBlocking) onUnblocked.push(() => this.look(run, false))
    }
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
      if (!(call instanceof ThreadRun && call.isBrief)) abandon(call, thread)
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

  #nest(run: ThreadRun, thread: Thread): void {
    this.#schedule.remove(run)
    run.sendTo(thread, Infinity, true)
  }
}

/** Ends it for its caller at once: its thread can say nothing before this one's event loop turns. */
function abandon(call: ThreadRun | QuickCall, thread: Thread): void {
  const deadlock = blockedOnEachOther(call.task.name)
  if (call instanceof QuickCall) return call.abandon(deadlock)
  if (!call.isSettled) {
    thread.cancel(call, deadlock)
    call.settle({ reason: deadlock })
    return
  }
  call.cancel(deadlock)
  call.control?.fail(deadlock)
}
