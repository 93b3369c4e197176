import { copyOf } from '@bridge/core/internal'

/** How a variable's value becomes one that can travel, and back. */
export interface Codec {
  readonly encode?: ((value: never) => unknown) | undefined
  readonly decode?: ((wire: unknown) => unknown) | undefined
}

/** A variable's value, in the form in which it is known: as it was set, or as it arrived from elsewhere. */
export class Entry {
  /** Whether the value stays on its thread. */
  readonly local: boolean
  /** Whether calls that carry the same context share it, each of which reads a copy of its own. */
  readonly isShared: boolean
  #value: unknown
  #codec: Codec | undefined

  private constructor(value: unknown, local: boolean, codec: Codec | undefined, isShared: boolean) {
    this.#value = value
    this.local = local
    this.#codec = codec
    this.isShared = isShared
  }

  /** The entry of a value that was set here. */
  static of(value: unknown, local: boolean, codec: Codec): Entry {
    return new Entry(value, local, codec, false)
  }

  /** The entry of a value that came from another thread or from JSON: raw until a variable of its name reads it. */
  static arrived(wire: unknown, isShared = false): Entry {
    return new Entry(wire, false, undefined, isShared)
  }

  /** One for a call of its own, of an entry that is shared. */
  copy(): Entry {
    return Entry.arrived(copyOf(this.#value))
  }

  /** The value for the variable with this codec. A raw one is decoded once. */
  read(codec: Codec): unknown {
    if (this.#codec === undefined) {
      this.#value = codec.decode === undefined ? this.#value : codec.decode(this.#value)
      this.#codec = codec
    }
    return this.#value
  }

  /** Whether what travels of it is always the same: a primitive value as it is. */
  get isConstant(): boolean {
    return isPrimitive(this.#value) && this.#codec?.encode === undefined && this.#codec?.decode === undefined
  }

  /** The value as it travels. Read anew for every call, so that a change made in place is seen by the calls made after it. */
  wire(): unknown {
    const encode = this.#codec?.encode as ((value: unknown) => unknown) | undefined
    return encode === undefined ? this.#value : encode(this.#value)
  }
}

function isPrimitive(value: unknown): boolean {
  // Other than a symbol, which can't travel.
  return (
    value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol')
  )
}
