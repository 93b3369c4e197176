import type { Task } from '@bridge/core/executor'

type Named = Pick<Task, 'name' | 'module' | 'operation'>

/** The numbers by which a thread knows the functions it was asked for: a name and a URL in each call would cost more. */
export class Functions {
  readonly #modules = new Map<string, Map<string, number>>()
  #next = 0

  /** The number of the next function that is added. */
  get next(): number {
    return this.#next
  }

  find(task: Named): number | undefined {
    return this.#modules.get(task.module as string)?.get(nameOf(task))
  }

  add(task: Named): void {
    const module = task.module as string
    let names = this.#modules.get(module)
    if (names === undefined) {
      names = new Map()
      this.#modules.set(module, names)
    }
    names.set(nameOf(task), this.#next++)
  }
}

/** Reading a property is another thing than calling a method of the same name. */
function nameOf({ name, operation }: Named): string {
  return operation === undefined ? name : `${operation} ${name}`
}
