import type { ObjectReference } from '@bridge/core/executor'
import { ById } from '../lane/by-id.js'
import { isAfter, nextPlace, TAKEN_BACK_WORDS } from '../lane/wire.js'
import type { ThreadRun } from './thread-run.js'

/** A call that the thread has not come to, and its place. */
export type Waiting = readonly [run: ThreadRun, place: number]

/** Whether another thread could run it instead: it needs no object, and what it moved is not gone. */
export function isMovable({ moves, sent, task }: ThreadRun): boolean {
  return moves === undefined && sent.object === undefined && task.operation !== 'new'
}

/** Whether it is to run where it was sent, while that thread goes on. */
function isBound(run: ThreadRun): boolean {
  return !isMovable(run) || run.task.affinity !== undefined || run.sent.functions !== undefined
}

/**
 * The calls that were sent to a thread and are not answered, and their places among all that were ever sent there: the
 * thread counts what it starts, so their places tell who has started.
 */
export class SentCalls {
  readonly #runs = new ById<ThreadRun>()
  #sent = 0
  /** How many milliseconds those are expected to run of which that is known. */
  #expected = 0
  /** Of how many it is not known. */
  #unknown = 0

  get size(): number {
    return this.#runs.size
  }

  /** How many were ever sent. */
  get sent(): number {
    return this.#sent
  }

  /** How many milliseconds they are expected to run together, the begun ones from their beginning. */
  get expected(): number {
    return this.#unknown === 0 ? this.#expected : Infinity
  }

  /** Whether any could run elsewhere. */
  get hasMovable(): boolean {
    return this.#runs.members.some(isMovable)
  }

  /** In the order in which they were sent. */
  get runs(): readonly ThreadRun[] {
    return this.#runs.members.sort((one, other) => (one.place - other.place) | 0)
  }

  get(id: number): ThreadRun | undefined {
    return this.#runs.get(id)
  }

  /** Adds a call, which has its place already or gets the next one. */
  add(run: ThreadRun, place = this.addUnnamed()): void {
    this.#runs.set(run.id, run)
    run.place = place
    if (run.expected === Infinity) this.#unknown++
    else this.#expected += run.expected
  }

  /** Counts one that somebody else keeps; its place. */
  addUnnamed(): number {
    this.#sent = nextPlace(this.#sent)
    return this.#sent
  }

  delete(run: ThreadRun): void {
    if (!this.#runs.delete(run.id)) return
    if (run.expected === Infinity) this.#unknown--
    // Sums of fractions drift.
    else this.#expected = this.size === 0 ? 0 : this.#expected - run.expected
  }

  /** The calls on an object, its constructor's among them, in the order in which they were sent. */
  aheadOf(object: ObjectReference): readonly ThreadRun[] {
    return this.runs.filter(({ sent, task }) => sent.object === object || task.receiver === object)
  }

  /** Where a call stands that has not been answered. */
  placeOf(run: ThreadRun): number | undefined {
    return this.#runs.get(run.id) === run ? run.place : undefined
  }

  /** Whether the thread, having started so many, could not give back one more: what was taken back keeps its place. */
  isFull(started: number): boolean {
    return ((this.#sent - started) | 0) >= TAKEN_BACK_WORDS
  }

  /** Each call that the thread, having started so many, has not come to needs a word of its own to be taken back. */
  isTooFar(started: number): boolean {
    return ((this.#sent - started) | 0) > TAKEN_BACK_WORDS
  }

  /** Whether the thread, having started so many, has not come to this one. */
  isAhead(run: ThreadRun, started: number): boolean {
    const place = this.placeOf(run)
    return place !== undefined && isAfter(place, started)
  }

  /** Whether any is among those that the thread, having started so many, has come to. */
  haveStarted(started: number): boolean {
    return this.#runs.members.some(({ place }) => !isAfter(place, started))
  }

  /** What the thread, having started so many, has not come to and is not bound to it, in order. */
  unbound(started: number): Waiting[] {
    if (this.isTooFar(started)) return []
    return this.#notStarted(started).filter(([run]) => !isBound(run))
  }

  /** What has not started beyond `kept` calls, the last first, and their places. */
  excess(kept: number, started: number): Waiting[] {
    const waiting = this.#notStarted(started)
    // With nothing running there, the thread is about to start: a large message takes its time to arrive.
    const excess = waiting.length === this.size && kept > 0 ? 0 : this.size - kept
    if (excess <= 0 || this.isTooFar(started)) return []
    const movable = waiting.filter(([run]) => isMovable(run))
    return movable.slice(-excess).reverse()
  }

  #notStarted(started: number): Waiting[] {
    const waiting: Waiting[] = []
    for (const run of this.runs) if (isAfter(run.place, started)) waiting.push([run, run.place])
    return waiting
  }
}
