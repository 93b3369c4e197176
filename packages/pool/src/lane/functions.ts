/** The numbers by which a thread knows the functions it was asked for: a name and a URL in each call would cost more. */
export class Functions {
  readonly #modules = new Map<string, Map<string, number>>()
  #next = 0

  /** The number of the next function that is added. */
  get next(): number {
    return this.#next
  }

  find(module: string, name: string): number | undefined {
    return this.#modules.get(module)?.get(name)
  }

  add(module: string, name: string): void {
    let names = this.#modules.get(module)
    if (names === undefined) {
      names = new Map()
      this.#modules.set(module, names)
    }
    names.set(name, this.#next++)
  }
}
