import { copyOf } from '@bridge/core/internal'

/** Converts a variable's value into one that can travel, and back. */
export interface Codec {
  readonly encode?: ((value: never) => unknown) | undefined
  readonly decode?: ((wire: unknown) => unknown) | undefined
}

/** A variable's value: as it was set, or in the encoded form in which it arrived. */
export class Entry {
  /** Whether the value stays on its thread. */
  readonly local: boolean
  /** Whether several calls with the same context share it; each of them then reads its own copy. */
  readonly isShared: boolean
  #value: unknown
  #codec: Codec | undefined

  private constructor(value: unknown, local: boolean, codec: Codec | undefined, isShared: boolean) {
    this.#value = value
    this.local = local
    this.#codec = codec
    this.isShared = isShared
  }

  /** The entry of a value that was set on this thread. */
  static of(value: unknown, local: boolean, codec: Codec): Entry {
    return new Entry(value, local, codec, false)
  }

  /** The entry of a value from another thread or from JSON: not decoded until a variable of its name reads it. */
  static arrived(wire: unknown, isShared = false): Entry {
    return new Entry(wire, false, undefined, isShared)
  }

  /** A copy of a shared entry for one call. */
  copy(): Entry {
    return Entry.arrived(copyOf(this.#value))
  }

  /** The value for the variable with this codec. A received value is decoded once. */
  read(codec: Codec): unknown {
    if (this.#codec === undefined) {
      this.#value = codec.decode === undefined ? this.#value : codec.decode(this.#value)
      this.#codec = codec
    }
    return this.#value
  }

  /** Whether its encoded form never changes: a primitive value without a codec. */
  get isConstant(): boolean {
    return isPrimitive(this.#value) && this.#codec?.encode === undefined && this.#codec?.decode === undefined
  }

  /** The encoded value. Encoded again for every call, so that calls see changes that were made in place before them. */
  wire(): unknown {
    const encode = this.#codec?.encode as ((value: unknown) => unknown) | undefined
    return encode === undefined ? this.#value : encode(this.#value)
  }
}

function isPrimitive(value: unknown): boolean {
  // Symbols are excluded, because they cannot travel.
  return (
    value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol')
  )
}
