import { now } from '@bridge/core/executor'
import { Timer } from '@bridge/core/internal'
import { type SentSource, steppedSource } from '@bridge/iter'
import type { QueuedRun } from '../thread/queued-run.js'
import { type CallbackFrame, currentFrame, waitingCallers } from './callback-frame.js'

/** How often, in milliseconds, the calls that callbacks and streams wait for are checked: at first, and at most. */
const SOON = 10
const SELDOM = 100

/** A callback or stream of the parent that a thread waits for, whose code may itself wait for calls. */
export type Waiter = CallbackFrame | SentSource

/** The calls that callbacks and streams of this thread wait for, on any executor, by the waiting callback or stream. */
const waited = new Map<Waiter, Set<QueuedRun>>()
const all = new Set<QueuedRun>()

/** Whether a check is scheduled. */
let isDue = false

/** Whether the running code belongs to a callback or to a step of a stream. */
export function mayAwait(): boolean {
  return currentFrame() !== undefined || steppedSource() !== undefined
}

/** The callbacks and streams that wait for one call, and since when which of them prevents the call from running. */
export class Waits {
  readonly #run: QueuedRun
  /** The callbacks in which they are nested wait, too. */
  #by: Set<Waiter> | undefined
  #stuckBy: Waiter | undefined
  #stuckSince = 0

  constructor(run: QueuedRun) {
    this.#run = run
  }

  /** The running code waits for it from now on, if it belongs to a callback or a step of a stream. */
  add(): void {
    const served = currentFrame()
    const source = steppedSource()
    if (served === undefined && source === undefined) return
    const by = [...(served === undefined ? [] : waitingCallers(served)), ...withOuter(source)]
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

  /** For how many milliseconds the same waiter, currently `by`, has prevented it from running. */
  stuckFor(by: Waiter | undefined): number {
    if (by !== this.#stuckBy || by === undefined) {
      this.#stuckBy = by
      this.#stuckSince = now()
    }
    return now() - this.#stuckSince
  }
}

/**
 * Whether the call can't continue before one of `first` has ended or continued, which itself waits for the call,
 * possibly through others.
 */
export function isCycle(run: QueuedRun, first: readonly Waiter[]): boolean {
  const seen = new Set<QueuedRun>()
  const leadsBack = (waiters: readonly Waiter[]): boolean =>
    waiters.some(waiter => {
      for (const other of waited.get(waiter) ?? []) {
        if (other === run) return true
        if (seen.has(other)) continue
        seen.add(other)
        if (leadsBack(other.executor.keptBy(other))) return true
      }
      return false
    })
  return leadsBack(first)
}

function* withOuter(stream: SentSource | undefined): Generator<SentSource> {
  for (let source = stream; source !== undefined; source = source.outer) yield source
}

/** Checks all of them. */
export function checkWaited(): void {
  for (const run of [...all]) run.executor.checkWaited(run)
}

/** A waiter does not report when it begins to wait for the call. */
function lookLater(milliseconds: number): void {
  if (isDue) return
  isDue = true
  new Timer(milliseconds, () => {
    isDue = false
    checkWaited()
    if (all.size > 0) lookLater(Math.min(2 * milliseconds, SELDOM))
  }).keepAlive(false)
}
