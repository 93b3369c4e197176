import type { Task } from '@bridge/core/executor'

type Named = Pick<Task, 'name' | 'module' | 'operation' | 'keep'>

/** So many are remembered; any text may be a name, also one that is no function's. */
const MOST_FUNCTIONS = 4096

/** The numbers by which a thread knows the functions it was asked for: a name and a URL in each call would cost more. */
export class Functions {
  readonly #modules = new Map<string, Map<string, number>>()
  readonly #named: (Named | undefined)[] = []
  #next = 0

  find(task: Named): number | undefined {
    return this.#modules.get(task.module as string)?.get(nameOf(task))
  }

  /** A number for the function that is added next, which none has that is taken meanwhile; what had it has none any more. */
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

  /** Gives it the number that was taken. */
  add({ name, module, operation, keep }: Named, number: number): void {
    let names = this.#modules.get(module as string)
    if (names === undefined) {
      names = new Map()
      this.#modules.set(module as string, names)
    }
    const named = { name, module, operation, keep }
    names.set(nameOf(named), number)
    this.#named[number] = named
  }
}

/** Reading a property is another thing than calling a method of the same name, and so is to keep what comes of it. */
function nameOf({ name, operation, keep }: Named): string {
  if (keep !== undefined) return `${operation ?? ''} ${name} ${keep === true ? '*' : keep.join(' ')}`
  return operation === undefined ? name : `${operation} ${name}`
}
