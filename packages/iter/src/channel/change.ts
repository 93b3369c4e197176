import { Timer } from '@bridge/core/internal'
import { waitsOn } from './memory.js'

/** How many awaited puts and gets are pending: while there is one, the process is kept alive. */
let waits = 0
let alive: Timer | undefined

/** Counts a wait that starts, or by -1 one that ends: `Atomics.waitAsync` itself would let the process end. */
export function countWait(change: 1 | -1): void {
  waits += change
  if (waits > 0) alive ??= new Timer(Number.MAX_VALUE, () => {})
  else {
    alive?.stop()
    alive = undefined
  }
}

type WaitAsync = (
  words: Int32Array,
  index: number,
  value: number
) => { readonly async: boolean; readonly value: Promise<string> | string }

/** Notifies any number of waits when a shared word changes. */
export class Change {
  readonly #words: Int32Array<SharedArrayBuffer>
  readonly #index: number
  #seen = 0
  #pending: Promise<void> | undefined

  constructor(words: Int32Array<SharedArrayBuffer>, index: number) {
    this.#words = words
    this.#index = index
  }

  /** The current value; read it before the data whose changes it counts. */
  get seen(): number {
    return Atomics.load(this.#words, this.#index)
  }

  /** Resolves when the word is no longer `seen`. */
  after(seen: number): Promise<void> {
    // An abandoned wait cannot be cancelled; the next one for the same value uses it.
    if (this.#pending !== undefined && this.#seen === seen) return this.#pending
    const { waitAsync } = Atomics as unknown as { waitAsync: WaitAsync }
    // Counted before reading the word: a thread that changes the word reads the count afterwards.
    Atomics.add(this.#words, waitsOn(this.#index), 1)
    const waiting = waitAsync(this.#words, this.#index, seen)
    if (!waiting.async) {
      Atomics.sub(this.#words, waitsOn(this.#index), 1)
      return Promise.resolve()
    }
    this.#seen = seen
    const pending = (waiting.value as Promise<string>).then(() => {
      Atomics.sub(this.#words, waitsOn(this.#index), 1)
      if (this.#pending === pending) this.#pending = undefined
    })
    this.#pending = pending
    return pending
  }

  /** Blocks until the word is no longer `seen`, at most `timeout` milliseconds. */
  waitSync(seen: number, milliseconds: number): void {
    const waits = waitsOn(this.#index)
    Atomics.add(this.#words, waits, 1)
    Atomics.wait(this.#words, this.#index, seen, milliseconds)
    Atomics.sub(this.#words, waits, 1)
  }
}
