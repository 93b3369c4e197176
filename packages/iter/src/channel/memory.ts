/*
 * The shared memory of a channel's ends. The words:
 *
 *      LOCK     0 free · 1 held · 2 held, and a thread waits for it
 *      COUNT    the number of items
 *      HEAD     where the first item starts, in bytes
 *      USED     bytes in use, from HEAD on, around the end of the ring
 *      CLOSED   1 once nothing more can be put
 *      PUTS     changes with every put, and with close(); a get waits on it
 *      GETS     changes with every get, and with close(); a put waits on it
 *      WINDOW   the maximum number of items
 *      PUT_WAITS, GET_WAITS   how many threads wait on PUTS, on GETS: with 0, no thread has to be woken
 *
 *      open ──close()──▶ closed, with items ──get()…──▶ closed and empty
 *
 * An item is its length in bytes (4), its kind (1) and its bytes; it may wrap around the end. If there is no room for an
 * item, the ring grows, up to the length that was reserved for it.
 */

const LOCK = 0
export const COUNT = 1
const HEAD = 2
const USED = 3
export const CLOSED = 4
export const PUTS = 5
export const GETS = 6
export const WINDOW = 7
const PUT_WAITS = 8
const GET_WAITS = 9
export const WORDS = 10

/** The first length of the ring in bytes, and the maximum to which it may grow. */
const FIRST = 64 * 1024
const HEADER = 5

/** How long the lock may be held, in milliseconds: the work under it takes microseconds. */
const LOCK_TIMEOUT = 2000

/** The word that counts the threads that wait on `word`. */
export function waitsOn(word: number): number {
  return word === PUTS ? PUT_WAITS : GET_WAITS
}

/** The result of a put: done, currently no room, or the channel is closed. */
export type Put = 'put' | 'full' | 'closed'

/** The shared memory of a channel: puts and gets bytes, one thread at a time, and never waits for an item. */
export class ChannelMemory {
  readonly words: Int32Array<SharedArrayBuffer>
  readonly #ring: SharedArrayBuffer
  /** The whole ring; the view follows when the ring grows. */
  readonly #bytes: Uint8Array<SharedArrayBuffer>
  readonly #header = new Uint8Array(HEADER)
  readonly #length = new DataView(this.#header.buffer)
  readonly #lost: () => Error

  /** `lost` makes the error to throw when a thread has ended while holding the lock. */
  constructor(words: Int32Array<SharedArrayBuffer>, ring: SharedArrayBuffer, lost: () => Error) {
    this.words = words
    this.#ring = ring
    this.#bytes = new Uint8Array(ring)
    this.#lost = lost
  }

  static allocate(highWaterMark: number, maxBytes: number) {
    const words = new Int32Array(new SharedArrayBuffer(WORDS * 4))
    words[WINDOW] = highWaterMark
    const length = Math.min(FIRST, maxBytes)
    const Growable = SharedArrayBuffer as new (
      length: number,
      options: { maxByteLength: number }
    ) => SharedArrayBuffer
    return { words, ring: new Growable(length, { maxByteLength: maxBytes }) }
  }

  /** The length of the longest possible item. */
  get longest(): number {
    return (this.#ring as unknown as { maxByteLength: number }).maxByteLength - HEADER
  }

  put(kind: number, bytes: Uint8Array): Put {
    return this.#locked(words => {
      if (words[CLOSED] === 1) return 'closed'
      const used = words[USED] as number
      const needed = used + HEADER + bytes.length
      if ((words[COUNT] as number) >= (words[WINDOW] as number)) return 'full'
      if (needed > this.#ring.byteLength && !this.#grow(needed)) return 'full'
      this.#length.setUint32(0, bytes.length)
      this.#header[4] = kind
      this.#write((words[HEAD] as number) + used, this.#header)
      this.#write((words[HEAD] as number) + used + HEADER, bytes)
      words[USED] = needed
      Atomics.add(words, COUNT, 1)
      this.#changed(PUTS)
      return 'put'
    })
  }

  /** The first item's kind and bytes; `undefined` if there is none. */
  get(): { readonly kind: number; readonly bytes: Uint8Array } | undefined {
    return this.#locked(words => {
      if (words[COUNT] === 0) return undefined
      const head = words[HEAD] as number
      this.#read(head, this.#header)
      const length = this.#length.getUint32(0)
      const bytes = new Uint8Array(length)
      this.#read(head + HEADER, bytes)
      words[HEAD] = (head + HEADER + length) % this.#ring.byteLength
      words[USED] = (words[USED] as number) - HEADER - length
      Atomics.sub(words, COUNT, 1)
      this.#changed(GETS)
      return { kind: this.#header[4] as number, bytes }
    })
  }

  close(): void {
    this.#locked(words => {
      Atomics.store(words, CLOSED, 1)
      this.#changed(PUTS)
      this.#changed(GETS)
    })
  }

  #changed(word: number): void {
    Atomics.add(this.words, word, 1)
    // Notify all of them: an abandoned wait would swallow a single notification.
    if (Atomics.load(this.words, waitsOn(word)) > 0) Atomics.notify(this.words, word)
  }

  #grow(needed: number): boolean {
    if (needed > this.longest + HEADER) return false
    const { words } = this
    const old = this.#ring.byteLength
    const length = Math.min(Math.max(needed, old * 2), this.longest + HEADER)
    ;(this.#ring as unknown as { grow(length: number): void }).grow(length)
    // Data that wrapped around the old end is moved behind it, where there is room now.
    const around = (words[HEAD] as number) + (words[USED] as number) - old
    if (around > 0) {
      const behind = Math.min(around, length - old)
      this.#bytes.copyWithin(old, 0, behind)
      this.#bytes.copyWithin(0, behind, around)
    }
    return true
  }

  #write(at: number, bytes: Uint8Array): void {
    const ring = this.#bytes
    const start = at % ring.length
    const fits = ring.length - start
    if (bytes.length <= fits) ring.set(bytes, start)
    else {
      ring.set(bytes.subarray(0, fits), start)
      ring.set(bytes.subarray(fits), 0)
    }
  }

  #read(at: number, into: Uint8Array): void {
    const ring = this.#bytes
    const start = at % ring.length
    const fits = Math.min(into.length, ring.length - start)
    into.set(ring.subarray(start, start + fits))
    if (fits < into.length) into.set(ring.subarray(0, into.length - fits), fits)
  }

  #locked<R>(work: (words: Int32Array<SharedArrayBuffer>) => R): R {
    const { words } = this
    if (Atomics.compareExchange(words, LOCK, 0, 1) !== 0) {
      while (Atomics.exchange(words, LOCK, 2) !== 0) {
        if (Atomics.wait(words, LOCK, 2, LOCK_TIMEOUT) === 'timed-out') throw this.#lost()
      }
    }
    try {
      return work(words)
    } finally {
      if (Atomics.exchange(words, LOCK, 0) === 2) Atomics.notify(words, LOCK, 1)
    }
  }
}
