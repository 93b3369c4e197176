/** How many bytes a worker sends to one caller that has not confirmed them. */
const FREE = 256 * 1024

/** For how many bytes a worker asks at once, unless a single frame has more. */
const MOST_ASKED = 4 * 1024 * 1024

/** How many bytes of results that have left are kept, in addition to the last result. */
const MOST_KEPT = 2 * MOST_ASKED

/** A frame for a caller. */
export interface Outgoing {
  /** The call's id at its caller. */
  readonly id: number
  readonly bytes: number
  /** Whether it is the result of its call, which the caller may ask for again. */
  readonly isResult: boolean
  /** Sends it. */
  leave(): void
}

/** A message by which the worker learns how much has arrived; the caller answers it when there is room for `asked` bytes. */
export interface Mark {
  readonly number: number
  readonly asked: number
}

/**
 * What a worker sends to one caller. It sends no more than the caller has confirmed, apart from `FREE` bytes, and holds the
 * rest here: a server buffers what a slow caller has not read, and disconnects the caller, or delays all callers of the
 * worker, if that is too much. Small results cost one mark for hundreds of them.
 */
export class Flow {
  readonly #held: Outgoing[] = []
  /** The first of the held frames. */
  #first = 0
  /** How many of them belong to each call. */
  readonly #heldOf = new Map<number, number>()
  /** Bytes that have left since the mark before the current one, and since the current one. */
  #unconfirmed = 0
  #sinceMark = 0
  /** The last results for which the caller was asked for room: they may have been lost on the way. */
  readonly #kept: Outgoing[] = []
  #keptBytes = 0
  #owesMark = false
  /** Whether the caller has confirmed everything for a while. */
  isQuiet = false
  /** The mark that the caller has not answered. */
  mark: Mark | undefined

  get isHolding(): boolean {
    return this.#first < this.#held.length
  }

  /** Whether frames of a call are held. */
  holds(id: number): boolean {
    return this.#heldOf.has(id)
  }

  /** A result that has left and may have been lost. */
  find(id: number): Outgoing | undefined {
    return this.#kept.find(result => result.id === id)
  }

  /** Sends a frame now, or when there is room. */
  post(outgoing: Outgoing): void {
    if (!this.isHolding && this.#unconfirmed + outgoing.bytes <= FREE) return this.#leave(outgoing)
    this.#held.push(outgoing)
    this.#heldOf.set(outgoing.id, (this.#heldOf.get(outgoing.id) ?? 0) + 1)
  }

  /** The mark to be sent now, if any is due. */
  nextMark(number: number): Mark | undefined {
    if (this.mark !== undefined) return undefined
    if (!this.#owesMark && !this.isHolding && this.#unconfirmed < FREE / 2) return undefined
    this.#owesMark = false
    this.#sinceMark = 0
    this.mark = { number, asked: this.#toAsk() }
    return this.mark
  }

  /** The caller has answered the mark: what left before it has arrived, and there is room for what it asked for. */
  confirmed({ asked }: Mark): void {
    this.mark = undefined
    this.#unconfirmed = this.#sinceMark
    // Also if nothing is held any more, because the caller reserves the room until the next mark.
    this.#owesMark = asked > 0
    for (let left = asked; this.isHolding; ) {
      const next = this.#held[this.#first] as Outgoing
      if (next.bytes > left && this.#unconfirmed + next.bytes > FREE) break
      left -= Math.min(left, next.bytes)
      this.#takeFirst()
      if (next.isResult) this.#keep(next)
      this.#leave(next)
    }
  }

  /** To be called when the caller has had time to ask for results that were lost. */
  forget(): void {
    this.#kept.length = 0
    this.#keptBytes = 0
  }

  get keepsResults(): boolean {
    return this.#kept.length > 0
  }

  #leave(outgoing: Outgoing): void {
    this.#unconfirmed += outgoing.bytes
    this.#sinceMark += outgoing.bytes
    outgoing.leave()
  }

  #keep(result: Outgoing): void {
    this.isQuiet = false
    this.#keptBytes += result.bytes
    const { length } = this.#kept
    for (let at = 0; at < length && this.#keptBytes > MOST_KEPT; at++) {
      this.#keptBytes -= (this.#kept.shift() as Outgoing).bytes
    }
    this.#kept.push(result)
  }

  #takeFirst(): void {
    const next = this.#held[this.#first++] as Outgoing
    const others = (this.#heldOf.get(next.id) ?? 1) - 1
    if (others > 0) this.#heldOf.set(next.id, others)
    else this.#heldOf.delete(next.id)
    if (!this.isHolding) {
      this.#held.length = 0
      this.#first = 0
    } else if (this.#first >= 1024) {
      this.#held.splice(0, this.#first)
      this.#first = 0
    }
  }

  #toAsk(): number {
    let asked = 0
    for (let at = this.#first; at < this.#held.length; at++) {
      const { bytes } = this.#held[at] as Outgoing
      if (asked > 0 && asked + bytes > MOST_ASKED) break
      asked += bytes
    }
    return asked
  }
}
