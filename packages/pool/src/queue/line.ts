/** Something that waits in a line. The line keeps its place in it there, so that it is found again at once. */
export interface Waiting {
  /** The highest goes first. */
  readonly priority: number
  /** Of equal priority, the lowest goes first. */
  order: number
  /** Where it stands in the heap; -1 while it stands in none. */
  slot: number
}

/**
 * Who waits, the next one first: a binary heap whose members know their slots, so that joining, leaving from
 * anywhere and taking the first cost O(log n), with a million waiting too. Joining last costs O(1).
 */
export class Line<W extends Waiting> {
  readonly #heap: W[] = []

  get size(): number {
    return this.#heap.length
  }

  [Symbol.iterator](): Iterator<W> {
    return this.#heap.values()
  }

  get first(): W | undefined {
    return this.#heap[0]
  }

  /** Lets one in, at the place that its priority and order give it. */
  join(member: W): void {
    this.#rise(member, this.#heap.length)
  }

  /** Lets one out, from wherever it stands. */
  leave(member: W): void {
    const { slot } = member
    const last = this.#heap.pop() as W
    member.slot = -1
    if (last === member) return
    if (slot > 0 && goesBefore(last, this.#heap[parentOf(slot)] as W)) this.#rise(last, slot)
    else this.#sink(last, slot)
  }

  #rise(member: W, from: number): void {
    let slot = from
    while (slot > 0) {
      const parent = this.#heap[parentOf(slot)] as W
      if (!goesBefore(member, parent)) break
      this.#put(parent, slot)
      slot = parentOf(slot)
    }
    this.#put(member, slot)
  }

  #sink(member: W, from: number): void {
    let slot = from
    for (;;) {
      let child = 2 * slot + 1
      const left = this.#heap[child]
      if (left === undefined) break
      const right = this.#heap[child + 1]
      let next = left
      if (right !== undefined && goesBefore(right, left)) {
        next = right
        child++
      }
      if (goesBefore(member, next)) break
      this.#put(next, slot)
      slot = child
    }
    this.#put(member, slot)
  }

  #put(member: W, slot: number): void {
    this.#heap[slot] = member
    member.slot = slot
  }
}

function parentOf(slot: number): number {
  return (slot - 1) >> 1
}

/** Whether one stands before the other. */
export function goesBefore(one: Waiting, other: Waiting): boolean {
  return one.priority === other.priority ? one.order < other.order : one.priority > other.priority
}
