import { now } from '@bridge/core/executor'
import { Timer } from '@bridge/core/internal'
import { type SentSource, steppedSource } from '@bridge/iter'
import type { ThreadRun } from '../thread/thread-run.js'
import { type Served, servedNow, waitingFor } from './served.js'

/** How often, in milliseconds, calls are looked at that callbacks and streams wait for: at first, and at most. */
const SOON = 10
const SELDOM = 100

/** What a thread waits for of its owner's, whose code may wait for calls in its turn. */
export type Waiter = Served | SentSource

/** The calls that callbacks and streams of this thread's wait for, on whichever executor, by what waits for them. */
const waited = new Map<Waiter, Set<ThreadRun>>()
const all = new Set<ThreadRun>()

/** Whether they are going to be looked at. */
let isDue = false

/** Whether the code that asks belongs to a callback or to a step of a stream. */
export function mayAwait(): boolean {
  return servedNow() !== undefined || steppedSource() !== undefined
}

/** Which callbacks and streams wait for one call, and since when it has been kept waiting by what. */
export class Waits {
  readonly #run: ThreadRun
  /** What it is nested in waits, too. */
  #by: Set<Waiter> | undefined
  #stuckBy: Waiter | undefined
  #stuckSince = 0

  constructor(run: ThreadRun) {
    this.#run = run
  }

  /** Code of a callback's, or a step of a stream's, waits for it from now on, if the code that asks is either. */
  add(): void {
    const served = servedNow()
    const source = steppedSource()
    if (served === undefined && source === undefined) return
    const by = [...(served === undefined ? [] : waitingFor(served)), ...withOuter(source)]
    this.#by ??= new Set()
    for (const waiter of by) {
      this.#by.add(waiter)
      const others = waited.get(waiter) ?? new Set()
      waited.set(waiter, others.add(this.#run))
    }
    all.add(this.#run)
    lookLater(SOON)
  }

  end(): void {
    if (this.#by === undefined) return
    all.delete(this.#run)
    for (const waiter of this.#by) {
      const others = waited.get(waiter)
      others?.delete(this.#run)
      if (others?.size === 0) waited.delete(waiter)
    }
  }

  /** For how many milliseconds it has been known to be kept from going on by one and the same waiter, which `by` is now. */
  stuckFor(by: Waiter | undefined): number {
    if (by !== this.#stuckBy || by === undefined) {
      this.#stuckBy = by
      this.#stuckSince = now()
    }
    return now() - this.#stuckSince
  }
}

/** Whether the call can't go on before `first` has ended or gone on, which waits for the call, though by way of others. */
export function isCycle(run: ThreadRun, first: readonly Waiter[]): boolean {
  const seen = new Set<ThreadRun>()
  const leadsBack = (waiters: readonly Waiter[]): boolean =>
    waiters.some(waiter => {
      for (const other of waited.get(waiter) ?? []) {
        if (other === run) return true
        if (seen.has(other)) continue
        seen.add(other)
        if (leadsBack(other.owner.keptBy(other))) return true
      }
      return false
    })
  return leadsBack(first)
}

function* withOuter(stream: SentSource | undefined): Generator<SentSource> {
  for (let source = stream; source !== undefined; source = source.outer) yield source
}

/** Looks at all of them. */
export function lookAtWaited(): void {
  for (const run of [...all]) run.owner.lookAtWaited(run)
}

/** What keeps a call waiting does not tell when it comes to wait for the call. */
function lookLater(milliseconds: number): void {
  if (isDue) return
  isDue = true
  new Timer(milliseconds, () => {
    isDue = false
    lookAtWaited()
    if (all.size > 0) lookLater(Math.min(2 * milliseconds, SELDOM))
  }).keepAlive(false)
}
