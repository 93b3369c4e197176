/** A queue: the highest priority first, and within a priority in the order of arrival. */
export class OrderedQueue<T extends { readonly id: string; readonly priority: number }> {
  readonly #waiting: T[] = []

  get size(): number {
    return this.#waiting.length
  }

  add(item: T): void {
    const at = this.#waiting.findIndex(other => other.priority < item.priority)
    if (at === -1) this.#waiting.push(item)
    else this.#waiting.splice(at, 0, item)
  }

  next(): T | undefined {
    return this.#waiting.shift()
  }

  has(id: string): boolean {
    return this.#waiting.some(item => item.id === id)
  }

  remove(id: string): boolean {
    const at = this.#waiting.findIndex(item => item.id === id)
    if (at !== -1) this.#waiting.splice(at, 1)
    return at !== -1
  }

  values(): readonly T[] {
    return this.#waiting
  }
}
