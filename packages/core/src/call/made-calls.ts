import type { Executor, Run, Task } from '../executor/executor.js'
import { AsyncResource } from '../node.js'
import { shared } from '../shared.js'

const LEFT_TO_COLLECTION = { requireManualDestroy: true }

/** A call that has been made and not started. */
export interface Startable {
  /** Starts it as the microtask of its making would. */
  autostart(): void
  /** The same from elsewhere: what was made later, and must not overtake it, starts it. */
  startEarly(): void
}

/** What the microtask of a call's making starts. Whatever consumes the call before empties it, and so lets go of it. */
export interface Cell {
  call: Startable | undefined
  /**
   * All that surrounds its making, also what no carrier knows of, as its microtask has it; of a call that stands in a
   * line, since others may start that.
   */
  readonly context: AsyncResource | undefined
  /** The line that it stands in; a call that runs in place stands in none. */
  readonly line: MadeCalls | undefined
  /** Its place there. */
  readonly place: number
}

/**
 * The calls that were made and not started, in the order of their making, on one executor elsewhere or one object: what
 * is consumed, disposed or closed now goes after those that were made before it.
 */
export class MadeCalls {
  readonly #cells: Cell[] = []
  /** All before it have been started or consumed. */
  #head = 0
  /** The place of the first cell. */
  #first = 0

  add(call: Startable): Cell {
    const context = new AsyncResource('BRIDGE_CALL', LEFT_TO_COLLECTION)
    const cell = { call, context, line: this, place: this.#first + this.#cells.length }
    this.#cells.push(cell)
    return cell
  }

  /** Empties a cell: nothing but its consumer starts its call from now on. */
  empty(cell: Cell): void {
    cell.call = undefined
    this.hasBefore(cell)
    if (this.#head + 1 === this.#cells.length && this.#cells[this.#head] === cell) this.#clear()
  }

  /** Whether any call was made before the one in this cell; without one, any at all. */
  hasBefore(cell: Cell | undefined): boolean {
    const end = this.#end(cell)
    while (this.#head < end && this.#cells[this.#head]?.call === undefined) this.#head++
    if (this.#head === this.#cells.length) this.#clear()
    return this.#head < this.#end(cell)
  }

  /** Starts what was made before the call in this cell; without one, all. */
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

/** The cell of a call that has been made, at the end of its line where it stands in one. */
export function cellOf(line: MadeCalls | undefined, call: Startable): Cell {
  return line?.add(call) ?? { call, context: undefined, line: undefined, place: 0 }
}

// Shared, because one executor may be called through two copies of core.
const lines = shared('@bridge/core/made-calls', () => new WeakMap<object, MadeCalls>())

/** The calls that were made and not started, of an executor elsewhere. */
export function madeCallsOf(owner: Executor): MadeCalls {
  let made = lines.get(owner)
  if (made === undefined) {
    made = new MadeCalls()
    lines.set(owner, made)
  }
  return made
}

/**
 * Starts the calls that were made before now and have not been started yet. For authors of executors: `close()` does it
 * first, so that what was called before is not refused.
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
 * Starts a task after those calls that were made before it; an executor with a queue chooses among all of them. The run is
 * the one that `begun` tells, where what was started before it has made a call that started this one.
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

/** The same for a caller that blocks. */
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
