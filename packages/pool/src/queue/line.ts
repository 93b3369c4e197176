/** A member of a line. The line stores its position in it, so that it is found immediately. */
export interface Waiting {
  /** The member with the highest priority is first. */
  readonly priority: number
  /** Of members with equal priority, the one with the lowest order is first. */
  order: number
  /** Its index in the heap; -1 while it is in none. */
  slot: number
}

/**
 * Waiting members, the next one first: a binary heap whose members know their indexes, so that adding, removing any of
 * them and taking the first cost O(log n), even with a million members. Adding at the end costs O(1).
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

  /** Adds a member, at the position given by its priority and order. */
  join(member: W): void {
    this.#rise(member, this.#heap.length)
  }

  /** Removes a member, wherever it is. */
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

/** Whether one member comes before the other. */
export function goesBefore(one: Waiting, other: Waiting): boolean {
  return one.priority === other.priority ? one.order < other.order : one.priority > other.priority
}
