import type { ObjectReference } from '@bridge/core/executor'
import { ById } from '../connection/by-id.js'
import { isAfter, nextSequence, RECLAIMED_WORDS } from '../connection/wire.js'
import type { QueuedRun } from './queued-run.js'

/** A call that the thread has not started, and its sequence number. */
export type Waiting = readonly [run: QueuedRun, sequence: number]

/** Whether another thread could run it instead: it needs no object, and has not transferred anything. */
export function isMovable({ transferList, sent, task }: QueuedRun): boolean {
  return transferList === undefined && sent.object === undefined && task.operation !== 'new'
}

/** Whether it must run where it was sent, while that thread lives. */
function isBound(run: QueuedRun): boolean {
  return !isMovable(run) || run.task.affinity !== undefined || run.sent.functions !== undefined
}

/**
 * The calls that were sent to a thread and are not answered, with their sequence numbers among all calls that were ever
 * sent there: the thread counts the calls that it starts, so the numbers show which have started.
 */
export class SentCalls {
  readonly #runs = new ById<QueuedRun>()
  #sent = 0
  /** The sum of the expected run times that are known, in milliseconds. */
  #expected = 0
  /** How many run times are not known. */
  #unknown = 0

  get size(): number {
    return this.#runs.size
  }

  /** How many were ever sent. */
  get sent(): number {
    return this.#sent
  }

  /** How many milliseconds they are expected to run together, counting started ones in full. */
  get expected(): number {
    return this.#unknown === 0 ? this.#expected : Infinity
  }

  /** Whether any could run on another thread. */
  get hasMovable(): boolean {
    return this.#runs.members.some(isMovable)
  }

  /** In the order in which they were sent. */
  get runs(): readonly QueuedRun[] {
    return this.#runs.members.sort((one, other) => (one.sequence - other.sequence) | 0)
  }

  get(id: number): QueuedRun | undefined {
    return this.#runs.get(id)
  }

  /** Adds a call, which has its sequence number already or gets the next one. */
  add(run: QueuedRun, sequence = this.addUnnamed()): void {
    this.#runs.set(run.id, run)
    run.sequence = sequence
    if (run.expected === Infinity) this.#unknown++
    else this.#expected += run.expected
  }

  /** Counts a call that is stored elsewhere; returns its sequence number. */
  addUnnamed(): number {
    this.#sent = nextSequence(this.#sent)
    return this.#sent
  }

  delete(run: QueuedRun): void {
    if (!this.#runs.delete(run.id)) return
    if (run.expected === Infinity) this.#unknown--
    // Sums of fractions drift.
    else this.#expected = this.size === 0 ? 0 : this.#expected - run.expected
  }

  /** The calls on an object, including its constructor's, in the order in which they were sent. */
  aheadOf(object: ObjectReference): readonly QueuedRun[] {
    return this.runs.filter(({ sent, task }) => sent.object === object || task.receiver === object)
  }

  /** The sequence number of a call that has not been answered. */
  sequenceOf(run: QueuedRun): number | undefined {
    return this.#runs.get(run.id) === run ? run.sequence : undefined
  }

  /**
   * Whether the thread, having started this many, can have no more reclaimable calls: a reclaimed call keeps its
   * sequence number.
   */
  isFull(started: number): boolean {
    return ((this.#sent - started) | 0) >= RECLAIMED_WORDS
  }

  /** Each call that the thread has not started needs a separate word to be reclaimed. */
  isTooFar(started: number): boolean {
    return ((this.#sent - started) | 0) > RECLAIMED_WORDS
  }

  /** Whether the thread, having started this many, has not started this call. */
  isAhead(run: QueuedRun, started: number): boolean {
    const sequence = this.sequenceOf(run)
    return sequence !== undefined && isAfter(sequence, started)
  }

  /** Whether the thread, having started this many, has started any of them. */
  haveStarted(started: number): boolean {
    return this.#runs.members.some(({ sequence }) => !isAfter(sequence, started))
  }

  /**
   * The calls that the thread, having started this many, has not started and that may run on another thread, in order.
   */
  unbound(started: number): Waiting[] {
    if (this.isTooFar(started)) return []
    return this.#notStarted(started).filter(([run]) => !isBound(run))
  }

  /** The calls that have not started beyond `kept` calls, the last first, with their sequence numbers. */
  excess(kept: number, started: number): Waiting[] {
    const waiting = this.#notStarted(started)
    // If nothing runs there, the thread is about to start one: a large message takes some time to arrive.
    const excess = waiting.length === this.size && kept > 0 ? 0 : this.size - kept
    if (excess <= 0 || this.isTooFar(started)) return []
    const movable = waiting.filter(([run]) => isMovable(run))
    return movable.slice(-excess).reverse()
  }

  #notStarted(started: number): Waiting[] {
    const waiting: Waiting[] = []
    for (const run of this.runs) if (isAfter(run.sequence, started)) waiting.push([run, run.sequence])
    return waiting
  }
}
