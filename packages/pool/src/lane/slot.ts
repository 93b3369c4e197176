/** How many bytes of text a slot holds. */
export const CAPACITY = 32 * 1024

/** The words at the head of a slot; its text follows. */
const ID = 0
const TAG = 1
const LENGTH = 2
const NUMBER = 2
const HEAD = 24

/** How many bytes one slot takes. */
export const SLOT_BYTES = HEAD + CAPACITY

/** What a slot held. */
export interface SlotContent {
  /** The call's. */
  readonly id: number
  /** Two numbers that mean what the two sides agree on. */
  readonly tag: number
  readonly number: number
  readonly text: string
}

/**
 * A place in shared memory for one small message. One side fills it when it finds it empty, the other empties it:
 *
 *      bytes    0    4     8        16       24
 *               id   tag   length   number   text, in UTF-8
 *
 * The id is written last and erased last; 0 says that the slot is empty. Who finds it full, or has more to say than
 * it holds, sends a message.
 */
export class Slot {
  readonly #words: Int32Array<SharedArrayBuffer>
  readonly #numbers: Float64Array<SharedArrayBuffer>
  readonly #text: Buffer

  constructor(memory: SharedArrayBuffer, index: number) {
    const start = index * SLOT_BYTES
    this.#words = new Int32Array(memory, start, HEAD / 4)
    this.#numbers = new Float64Array(memory, start, HEAD / 8)
    this.#text = Buffer.from(memory, start + HEAD, CAPACITY)
  }

  get isFull(): boolean {
    return Atomics.load(this.#words, ID) !== 0
  }

  /** Fills the slot; `false` when it is full already or the text does not fit. */
  put(id: number, tag: number, number: number, text: string): boolean {
    if (this.isFull || text.length > CAPACITY) return false
    // A unit of UTF-16 takes three bytes at most.
    if (text.length * 3 > CAPACITY && Buffer.byteLength(text) > CAPACITY) return false
    this.#words[LENGTH] = this.#text.write(text)
    this.#words[TAG] = tag
    this.#numbers[NUMBER] = number
    Atomics.store(this.#words, ID, id)
    return true
  }

  /** Empties the slot. */
  take(): SlotContent | undefined {
    const id = Atomics.load(this.#words, ID)
    if (id === 0) return undefined
    const content = {
      id,
      tag: this.#words[TAG] as number,
      number: this.#numbers[NUMBER] as number,
      text: this.#text.toString('utf8', 0, this.#words[LENGTH])
    }
    Atomics.store(this.#words, ID, 0)
    return content
  }
}
