/** How many words there are at first, and how many there may be; both are powers of two. */
const FEW = 256
const MOST = 2 ** 20

/** The word that is anded with an id to find its word, which the words of ids follow. */
const MASK = 0
const FIRST = 1

/*
 * Which calls were cancelled, in words that a synchronous loop on the thread can read. A call's word is its id anded
 * with MASK. Only the parent writes, and never overwrites the mark of another call that has not been answered: if two
 * calls would share a word, it doubles the memory, writes each mark to its new word, and then changes MASK. The thread
 * reads MASK, the word and MASK again, so that it looks up again if MASK has changed.
 */

/** The memory of a thread's cancelled calls. */
export function cancelledMemory(): SharedArrayBuffer {
  const maxByteLength = 4 * (FIRST + MOST)
  // Part of ES2024, and of every supported Node.
  const Growable = SharedArrayBuffer as unknown as new (
    length: number,
    options: { readonly maxByteLength: number }
  ) => SharedArrayBuffer
  const memory = new Growable(4 * (FIRST + FEW), { maxByteLength })
  new Int32Array(memory)[MASK] = FEW - 1
  return memory
}

/** The thread's side. */
export class CancelledCalls {
  readonly #words: Int32Array<SharedArrayBuffer>

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory)
  }

  has(id: number): boolean {
    for (let mask = Atomics.load(this.#words, MASK); ; ) {
      const isMarked = Atomics.load(this.#words, FIRST + (id & mask)) === id
      const now = Atomics.load(this.#words, MASK)
      if (now === mask) return isMarked
      mask = now
    }
  }
}

/** The parent's side. */
export class CancelMarks {
  readonly #memory: SharedArrayBuffer
  readonly #words: Int32Array<SharedArrayBuffer>
  /** The marked calls that were not answered, by word. */
  #marked = new Map<number, number>()

  constructor(memory: SharedArrayBuffer) {
    this.#memory = memory
    this.#words = new Int32Array(memory)
  }

  mark(id: number): void {
    for (;;) {
      const word = this.#wordOf(id)
      const other = this.#marked.get(word)
      if (other === undefined || other === id || !this.#grow()) {
        this.#marked.set(word, id)
        return void Atomics.store(this.#words, FIRST + word, id)
      }
    }
  }

  /** The call has been answered, and another call may use its word. */
  discard(id: number): void {
    if (this.#marked.size === 0) return
    const word = this.#wordOf(id)
    if (this.#marked.get(word) === id) this.#marked.delete(word)
  }

  #wordOf(id: number): number {
    return id & (this.#words[MASK] as number)
  }

  /** Doubles the words; `false` at the maximum. */
  #grow(): boolean {
    const words = 2 * ((this.#words[MASK] as number) + 1)
    if (words > MOST) return false
    const growable = this.#memory as SharedArrayBuffer & { grow(length: number): void }
    growable.grow(4 * (FIRST + words))
    const marked = [...this.#marked.values()]
    this.#marked = new Map(marked.map(id => [id & (words - 1), id]))
    for (const [word, id] of this.#marked) Atomics.store(this.#words, FIRST + word, id)
    Atomics.store(this.#words, MASK, words - 1)
    return true
  }
}
