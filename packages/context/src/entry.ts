/** How a variable's value becomes one that can travel, and back. */
export interface Codec {
  readonly encode?: ((value: never) => unknown) | undefined
  readonly decode?: ((wire: unknown) => unknown) | undefined
}

/** A variable's value, in the form in which it is known: as it was set, or as it arrived from elsewhere. */
export class Entry {
  /** Whether the value stays on its thread. */
  readonly local: boolean
  /** Whether what travels of it is always the same, and needs no decoding: a primitive value as it is. */
  readonly isConstant: boolean
  #value: unknown
  #codec: Codec | undefined

  private constructor(value: unknown, local: boolean, codec: Codec | undefined, isConstant: boolean) {
    this.#value = value
    this.local = local
    this.#codec = codec
    this.isConstant = isConstant
  }

  /** The entry of a value that was set here. */
  static of(value: unknown, local: boolean, codec: Codec): Entry {
    return new Entry(value, local, codec, !codec.encode && !codec.decode && isPrimitive(value))
  }

  /** The entry of a value that came from another thread or from JSON: raw until a variable of its name reads it. */
  static arrived(wire: unknown, isConstant = false): Entry {
    return new Entry(wire, false, undefined, isConstant)
  }

  /**
   * The value for the variable with this codec. A raw one is decoded once; where other calls have the same entry, each
   * time, so that none sees what another one does to it.
   */
  read(codec: Codec): unknown {
    if (this.isConstant && codec.decode !== undefined) return codec.decode(this.#value)
    if (this.#codec === undefined) {
      this.#value = codec.decode === undefined ? this.#value : codec.decode(this.#value)
      this.#codec = codec
    }
    return this.#value
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
