import { type Transferable, takeTransfers } from '@bridge/core/executor'
import { copyOf, copyOfLost, isPlainValue, LOST, moved } from './copy.js'
import type { Beside, Refer, Stays } from './lost.js'
import { addRow, rowsOf, type Shape, shapeOf } from './shape.js'
import { weigh } from './weigh.js'
import { ITEMS, NUMBERS, type Packet, ROWS, UNSENT } from './wire.js'

/** The most items that travel in one message: beyond it a message costs no less per item. */
export const MAX_ITEMS = 2048

/** Below it, a list of numbers is cheaper to send than a buffer. */
const MIN_NUMBERS = 32

type Lane = typeof ITEMS | typeof NUMBERS | typeof ROWS

/**
 * Puts items into the cheapest message that carries them: numbers into a buffer that is moved, objects of the
 * same shape into rows, whose names are sent once, anything else into a list. Each item is copied as it is added.
 */
export class Packer {
  /** How many items are in it. */
  length = 0
  /** About how much they weigh. */
  bytes = 0
  readonly #numbers: number[] = []
  #shape: Shape = []
  /** The items; of rows the values. */
  #items: unknown[] = []
  #moves: Transferable[] = []
  /** What the items refer to that a structured clone would lose. */
  #lost: (readonly [place: number, beside: Beside])[] = []
  #lane: Lane | undefined
  readonly #refer: Refer | undefined
  readonly #keeps: ((item: unknown) => boolean) | undefined

  /** `stays` tells of what stays on this thread, where any does. */
  constructor(stays: Stays | undefined) {
    this.#refer = stays?.refer
    this.#keeps = stays?.mayKeep
  }

  /** Whether it was numbers alone so far. */
  get holdsNumbers(): boolean {
    return this.#lane === NUMBERS
  }

  /** Adds an item; gives about how much those weigh that are no numbers. */
  add(item: unknown): number {
    if (this.#lane === NUMBERS && typeof item === 'number') {
      this.#numbers[this.length++] = item
      return 0
    }
    if (this.#lane === undefined || this.#lane === NUMBERS) this.#addFirst(item)
    else if (this.#lane !== ROWS || !this.#addRow(item)) this.#addItem(item)
    this.length++
    return this.bytes
  }

  /** The message, and what is to be moved with it. */
  take(): [packet: Packet, moves: readonly Transferable[]] {
    const taken = this.#packet()
    this.#items = []
    this.#moves = []
    this.#lost = []
    this.length = 0
    this.bytes = 0
    return taken
  }

  #packet(): [packet: Packet, moves: readonly Transferable[]] {
    if (this.#lane === ROWS) return [[ROWS, UNSENT, this.bytes, this.#shape, this.#items], []]
    if (this.#lane !== NUMBERS) {
      const [bytes, items, lost] = [this.bytes, this.#items, this.#lost]
      return [
        lost.length === 0 ? [ITEMS, UNSENT, bytes, items] : [ITEMS, UNSENT, bytes, items, lost],
        this.#moves
      ]
    }
    this.bytes = this.length * 8
    if (this.length < MIN_NUMBERS)
      return [[ITEMS, UNSENT, this.bytes, this.#numbers.slice(0, this.length)], []]
    const isWhole = this.length === this.#numbers.length
    const packed = packNumbers(isWhole ? this.#numbers : this.#numbers.slice(0, this.length))
    return [[NUMBERS, UNSENT, packed], [packed.buffer]]
  }

  /** The first item tells what the others may be like. */
  #addFirst(item: unknown): void {
    if (this.#lane === undefined && typeof item === 'number') {
      this.#lane = NUMBERS
      this.#numbers[0] = item
      return
    }
    const shape = this.#lane === undefined ? shapeOf(item) : undefined
    if (shape !== undefined) {
      this.#lane = ROWS
      this.#shape = shape
      if (this.#addRow(item)) return
    }
    this.#addItem(item)
  }

  /** Adds the values of an item that is like the others; whether it was. */
  #addRow(item: unknown): boolean {
    const { length } = this.#items
    const bytes = addRow(item, this.#shape, this.#items)
    if (bytes < 0) {
      this.#items.length = length
      return false
    }
    this.bytes += bytes
    return true
  }

  #addItem(item: unknown): void {
    // From now on: a stream whose items are mixed would pay for each change.
    if (this.#lane === NUMBERS) {
      this.#items = this.#numbers.slice(0, this.length)
      this.bytes = this.length * 8
    } else if (this.#lane === ROWS) this.#items = rowsOf(this.#shape, this.#items)
    this.#lane = ITEMS
    const list = isPlainValue(item) ? undefined : takeTransfers([item])
    const copy = list === undefined ? this.#copied(item) : moved(item, list, this.#moves)
    this.#items.push(copy)
    this.bytes += weigh(copy)
  }

  #copied(item: unknown): unknown {
    const copy = this.#keeps?.(item) === true ? LOST : copyOf(item, this.#moves)
    if (copy !== LOST) return copy
    const { data, references } = copyOfLost(item, this.#moves, this.#refer)
    this.#lost.push([this.#items.length, references])
    this.bytes += weigh(references)
    return data
  }
}

/** As integers where they are: those are read without an object being made of each. */
function packNumbers(numbers: readonly number[]): Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer> {
  const { length } = numbers
  const packed = new Int32Array(length)
  for (let index = 0; index < length; index++) {
    const number = numbers[index] as number
    packed[index] = number
    if (!Object.is(packed[index], number)) return new Float64Array(numbers)
  }
  return packed
}
