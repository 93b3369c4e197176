import type { Task } from '@bridge/core/executor'

type Named = Pick<Task, 'name' | 'exportName' | 'module' | 'operation' | 'keep'>

/** How many functions are remembered; any string may be a name, even if there is no such function. */
const MOST_FUNCTIONS = 4096

/**
 * The numbers by which a thread knows the functions that were called on it: a name and a URL in each call would cost
 * more.
 */
export class Functions {
  readonly #modules = new Map<string, Map<string, number>>()
  readonly #named: (Named | undefined)[] = []
  #next = 0

  find(task: Named): number | undefined {
    return this.#modules.get(task.module as string)?.get(nameOf(task))
  }

  /**
   * A number for the function that is added next, which no function that is looked up meanwhile has; its previous
   * function no longer has a number.
   */
  take(): number {
    const number = this.#next
    this.#next = (number + 1) % MOST_FUNCTIONS
    const had = this.#named[number]
    if (had !== undefined) {
      this.#named[number] = undefined
      const names = this.#modules.get(had.module as string)
      names?.delete(nameOf(had))
      if (names?.size === 0) this.#modules.delete(had.module as string)
    }
    return number
  }

  /** Assigns the number that was taken. */
  add({ name: shown, exportName, module, operation, keep }: Named, number: number): void {
    const name = exportName ?? shown
    let names = this.#modules.get(module as string)
    if (names === undefined) {
      names = new Map()
      this.#modules.set(module as string, names)
    }
    const named = { name, exportName: undefined, module, operation, keep }
    names.set(nameOf(named), number)
    this.#named[number] = named
  }
}

/** Reading a property differs from calling a method of the same name, and so does keeping its result. */
function nameOf({ name: shown, exportName, operation, keep }: Named): string {
  const name = exportName ?? shown
  if (keep !== undefined) return `${operation ?? ''} ${name} ${keep === true ? '*' : keep.join(' ')}`
  return operation === undefined ? name : `${operation} ${name}`
}
