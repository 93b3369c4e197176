import { now } from '@bridge/core/executor'

/** How long, in milliseconds, a result is kept at least: if it has not arrived, its caller asks for it within that time. */
const KEPT = 3000

/** The maximum number of bytes of results that are kept, without the last result. */
const MOST_BYTES = 16 * 1024 * 1024

/** The size, in bytes, of the blocks that small results are copied into. */
const BLOCK = 64 * 1024

/** The number of bytes before a result, which hold its length. */
const HEAD = 4

/** The results of one period, which are discarded together. */
class Generation {
  readonly #places = new Map<string, Map<number, number>>()
  readonly #blocks: DataView[] = []
  /** The first free byte of the last block. */
  #free = BLOCK
  bytes = 0

  keep(from: string, id: number, frame: Uint8Array): void {
    const size = HEAD + frame.length
    if (this.#free + size > BLOCK) {
      this.#blocks.push(new DataView(new ArrayBuffer(Math.max(BLOCK, size))))
      this.#free = 0
    }
    const block = this.#blocks.at(-1) as DataView
    block.setUint32(this.#free, frame.length)
    new Uint8Array(block.buffer).set(frame, this.#free + HEAD)
    let places = this.#places.get(from)
    if (places === undefined) {
      places = new Map()
      this.#places.set(from, places)
    }
    places.set(id, (this.#blocks.length - 1) * BLOCK + this.#free)
    this.#free += size
    this.bytes += size
  }

  find(from: string, id: number): Uint8Array | undefined {
    const place = this.#places.get(from)?.get(id)
    if (place === undefined) return undefined
    const block = this.#blocks[Math.floor(place / BLOCK)] as DataView
    const at = place % BLOCK
    return new Uint8Array(block.buffer, at + HEAD, block.getUint32(at))
  }
}

/**
 * The results that were sent last, for callers that have not received them. They are copied into large blocks, and discarded
 * one generation at a time: with thousands of small objects that live for seconds, the garbage collector would be as busy as
 * the worker is with the calls.
 */
export class RecentResults {
  #last = new Generation()
  #before = new Generation()
  #since = now()

  keep(from: string, id: number, frame: Uint8Array): void {
    const time = now()
    if (time - this.#since >= KEPT || this.#last.bytes >= MOST_BYTES / 2) {
      this.#before = time - this.#since >= 2 * KEPT ? new Generation() : this.#last
      this.#last = new Generation()
      this.#since = time
    }
    this.#last.keep(from, id, frame)
  }

  find(from: string, id: number): Uint8Array | undefined {
    return this.#last.find(from, id) ?? this.#before.find(from, id)
  }
}
