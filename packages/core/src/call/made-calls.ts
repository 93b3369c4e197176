import type { Executor, Run, Task } from '../executor/executor.js'
import { AsyncResource } from '../node.js'
import { shared } from '../shared.js'

const LEFT_TO_COLLECTION = { requireManualDestroy: true }

/** A call that has been made but not started. */
export interface Startable {
  /** Starts it as its scheduled microtask would. */
  autostart(): void
  /** The same from elsewhere: something that was made later, and must not overtake it, starts it. */
  startEarly(): void
}

/** What the microtask scheduled for a call starts. A consumer that is earlier empties it, and so releases the call. */
export interface Cell {
  call: Startable | undefined
  /**
   * The whole context of its making, including storages without a carrier, as its microtask has it. Only for a call in
   * a queue of made calls, since other code may start that.
   */
  readonly context: AsyncResource | undefined
  /** The queue that it belongs to; a call that runs on this thread belongs to none. */
  readonly line: MadeCalls | undefined
  /** Its sequence number there. */
  readonly place: number
}

/**
 * The calls that were made but not started, in the order of their making, on one executor elsewhere or one object: what
 * is consumed, disposed or closed now comes after the calls that were made before.
 */
export class MadeCalls {
  readonly #cells: Cell[] = []
  /** All calls before it have been started or consumed. */
  #head = 0
  /** The sequence number of the first cell. */
  #first = 0

  add(call: Startable): Cell {
    const context = new AsyncResource('BRIDGE_CALL', LEFT_TO_COLLECTION)
    const cell = { call, context, line: this, place: this.#first + this.#cells.length }
    this.#cells.push(cell)
    return cell
  }

  /** Empties a cell: from now on only its consumer starts its call. */
  empty(cell: Cell): void {
    cell.call = undefined
    this.hasBefore(cell)
    if (this.#head + 1 === this.#cells.length && this.#cells[this.#head] === cell) this.#clear()
  }

  /** Whether any call was made before the call in this cell; without a cell, whether there is any call. */
  hasBefore(cell: Cell | undefined): boolean {
    const end = this.#end(cell)
    while (this.#head < end && this.#cells[this.#head]?.call === undefined) this.#head++
    if (this.#head === this.#cells.length) this.#clear()
    return this.#head < this.#end(cell)
  }

  /** Starts the calls that were made before the call in this cell; without a cell, all calls. */
  startBefore(cell: Cell | undefined): void {
    while (this.hasBefore(cell)) {
      const { call, context } = this.#cells[this.#head++] as Cell
      context?.runInAsyncScope(() => call?.startEarly())
    }
  }

  #end(cell: Cell | undefined): number {
    return cell === undefined ? this.#cells.length : cell.place - this.#first
  }

  #clear(): void {
    this.#first += this.#cells.length
    this.#cells.length = 0
    this.#head = 0
  }
}

/** The cell of a call that has been made, at the end of its queue if it belongs to one. */
export function cellOf(line: MadeCalls | undefined, call: Startable): Cell {
  return line?.add(call) ?? { call, context: undefined, line: undefined, place: 0 }
}

// Shared, because one executor may be called through two copies of core.
const lines = shared('@bridge/core/made-calls', () => new WeakMap<object, MadeCalls>())

/** The calls that were made but not started, on an executor elsewhere. */
export function madeCallsOf(owner: Executor): MadeCalls {
  let made = lines.get(owner)
  if (made === undefined) {
    made = new MadeCalls()
    lines.set(owner, made)
  }
  return made
}

/**
 * Starts the calls that were made before now and have not been started yet. For authors of executors: `close()` does
 * this first, so that earlier calls are not refused.
 *
 * @example
 * ```ts
 * async close(): Promise<void> {
 *   startMadeCalls(this)
 *   await this.#drain()
 * }
 * ```
 */
export function startMadeCalls(executor: Executor): void {
  lines.get(executor)?.startBefore(undefined)
}

/**
 * Starts a task after the calls that were made before it; an executor with a queue chooses among all of them. Returns
 * the run that `begun` reports, if an earlier call that was started has made a call that started this task.
 */
export function startInOrder(
  executor: Executor,
  made: MadeCalls | undefined,
  cell: Cell | undefined,
  makeTask: () => Task,
  begun?: () => Run | undefined
): Run {
  const start = (): Run => {
    made?.startBefore(cell)
    return begun?.() ?? executor.start(makeTask())
  }
  if (made?.hasBefore(cell) !== true || executor.hold === undefined) return start()
  return executor.hold(start)
}

/** The same for a blocking caller. */
export function runSyncInOrder(
  executor: Executor,
  made: MadeCalls | undefined,
  cell: Cell | undefined,
  makeTask: () => Task,
  begun?: () => Run | undefined
): unknown {
  if (made?.hasBefore(cell) === true) {
    if (executor.hold !== undefined) return startInOrder(executor, made, cell, makeTask, begun).waitSync()
    made.startBefore(cell)
  }
  const run = begun?.()
  return run === undefined ? executor.runSync(makeTask()) : run.waitSync()
}
