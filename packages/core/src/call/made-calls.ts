import type { Executor, Run, Task } from '../executor/executor.js'
import { shared } from '../shared.js'

/** A call that has been made and not started. */
export interface Startable {
  /** Starts it as the microtask of its making would. */
  autostart(): void
  /** The same from elsewhere: what was made later, and must not overtake it, starts it in the context of its making. */
  startEarly(): void
}

/** What the microtask of a call's making starts. Whatever consumes the call before empties it, and so lets go of it. */
export interface Cell {
  call: Startable | undefined
  /** The line that it stands in; a call that runs in place stands in none. */
  readonly line: MadeCalls | undefined
  /** Its place there. */
  readonly place: number
  /** The one behind it there. */
  next: Cell | undefined
}

/** The cell of a call, at a place of a line. */
export function cellOf(call: Startable | undefined, line: MadeCalls | undefined, place = 0): Cell {
  return { call, line, place, next: undefined }
}

/**
 * The calls that were made and not started, in the order of their making, on one executor elsewhere or one object: what
 * is consumed, disposed or closed now goes after those that were made before it.
 */
export class MadeCalls {
  /** All before it have been started or consumed; so has its own call, when all have. */
  #first = cellOf(undefined, this)
  #last = this.#first

  add(call: Startable): Cell {
    const cell = cellOf(call, this, this.#last.place + 1)
    this.#last.next = cell
    this.#last = cell
    return cell
  }

  /** Empties a cell: nothing but its consumer starts its call from now on. */
  empty(cell: Cell): void {
    cell.call = undefined
    this.hasBefore(cell)
  }

  /** Whether any call was made before the one in this cell; without one, any at all. */
  hasBefore(cell: Cell | undefined): boolean {
    while (this.#first.call === undefined) {
      const { next } = this.#first
      if (next === undefined) return false
      // What is garbage must not hold what is not, or that grows old with it.
      this.#first.next = undefined
      this.#first = next
    }
    return cell === undefined || this.#first.place < cell.place
  }

  /** Starts what was made before the call in this cell; without one, all. */
  startBefore(cell: Cell | undefined): void {
    while (this.hasBefore(cell)) {
      const { call } = this.#first
      this.#first.call = undefined
      call?.startEarly()
    }
  }
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

/** Starts a task after those calls that were made before it; an executor with a queue chooses among all of them. */
export function startInOrder(
  executor: Executor,
  made: MadeCalls | undefined,
  cell: Cell | undefined,
  makeTask: () => Task
): Run {
  const start = (): Run => {
    made?.startBefore(cell)
    return executor.start(makeTask())
  }
  if (made?.hasBefore(cell) !== true || executor.hold === undefined) return start()
  return executor.hold(start)
}

/** The same for a caller that blocks. */
export function runSyncInOrder(
  executor: Executor,
  made: MadeCalls | undefined,
  cell: Cell | undefined,
  makeTask: () => Task
): unknown {
  if (made?.hasBefore(cell) === true) {
    if (executor.hold !== undefined) return startInOrder(executor, made, cell, makeTask).waitSync()
    made.startBefore(cell)
  }
  return executor.runSync(makeTask())
}
