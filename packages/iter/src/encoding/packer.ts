import { type Transferable, takeTransfers } from '@bridge/core/executor'
import type { LostReferences, Refer, Stays } from '../protocol/lost.js'
import { ITEMS, NUMBERS, type Packet, ROWS, UNSENT } from '../protocol/wire.js'
import { copyOf, copyOfLost, isPlainValue, LOST, moved } from './copy.js'
import { itemsWith } from './packet.js'
import { addRow, rowsOf, type Shape, shapeOf } from './shape.js'
import { weigh } from './weigh.js'

/** The maximum number of items in one message: beyond it a message gets no cheaper per item. */
export const MAX_ITEMS = 2048

/** With fewer numbers, a list is cheaper to send than a buffer. */
const MIN_NUMBERS = 32

type Format = typeof ITEMS | typeof NUMBERS | typeof ROWS

/**
 * Packs items into the cheapest kind of message: numbers into a buffer that is transferred, objects of the same shape into
 * rows, whose field names are sent once, anything else into a list. Each item is copied when it is added.
 */
export class Packer {
  /** How many items are in it. */
  length = 0
  /** Their approximate size. */
  bytes = 0
  readonly #numbers: number[] = []
  #shape: Shape = []
  /** The items; for rows, their values. */
  #items: unknown[] = []
  #transferList: Transferable[] = []
  /** References of items to what a structured clone would lose. */
  #lost: (readonly [place: number, beside: LostReferences])[] = []
  #format: Format | undefined
  readonly #refer: Refer | undefined
  readonly #keeps: ((item: unknown) => boolean) | undefined

  /** `stays` is set if parts of items may stay on this thread. */
  constructor(stays: Stays | undefined) {
    this.#refer = stays?.refer
    this.#keeps = stays?.mayKeep
  }

  /** Whether all items so far were numbers. */
  get holdsNumbers(): boolean {
    return this.#format === NUMBERS
  }

  /** Adds an item; returns the approximate size of all items that are not numbers. */
  add(item: unknown): number {
    if (this.#format === NUMBERS && typeof item === 'number') {
      this.#numbers[this.length++] = item
      return 0
    }
    if (this.#format === undefined || this.#format === NUMBERS) this.#addFirst(item)
    else if (this.#format !== ROWS || !this.#addRow(item)) this.#addItem(item)
    this.length++
    return this.bytes
  }

  /** The message and its transfer list. */
  take(): [packet: Packet, transferList: readonly Transferable[]] {
    const taken = this.#packet()
    this.#items = []
    this.#transferList = []
    this.#lost = []
    this.length = 0
    this.bytes = 0
    return taken
  }

  #packet(): [packet: Packet, transferList: readonly Transferable[]] {
    if (this.#format === ROWS) return [[ROWS, UNSENT, this.bytes, this.#shape, this.#items], []]
    if (this.#format !== NUMBERS) {
      return [itemsWith(this.bytes, this.#items, this.#lost), this.#transferList]
    }
    this.bytes = this.length * 8
    if (this.length < MIN_NUMBERS)
      return [[ITEMS, UNSENT, this.bytes, this.#numbers.slice(0, this.length)], []]
    const isWhole = this.length === this.#numbers.length
    const packed = packNumbers(isWhole ? this.#numbers : this.#numbers.slice(0, this.length))
    return [[NUMBERS, UNSENT, packed], [packed.buffer]]
  }

  /** The first item determines the format. */
  #addFirst(item: unknown): void {
    if (this.#format === undefined && typeof item === 'number') {
      this.#format = NUMBERS
      this.#numbers[0] = item
      return
    }
    const shape = this.#format === undefined ? shapeOf(item) : undefined
    if (shape !== undefined) {
      this.#format = ROWS
      this.#shape = shape
      if (this.#addRow(item)) return
    }
    this.#addItem(item)
  }

  /** Adds the values of an item if it has the shape of the others; returns whether it had. */
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
    // For the rest of the stream: a stream of mixed items would pay for each change of the format.
    if (this.#format === NUMBERS) {
      this.#items = this.#numbers.slice(0, this.length)
      this.bytes = this.length * 8
    } else if (this.#format === ROWS) this.#items = rowsOf(this.#shape, this.#items)
    this.#format = ITEMS
    const list = isPlainValue(item) ? undefined : takeTransfers([item])
    const copy = list === undefined ? this.#copied(item) : moved(item, list, this.#transferList)
    this.#items.push(copy)
    this.bytes += weigh(copy)
  }

  #copied(item: unknown): unknown {
    const copy = this.#keeps?.(item) === true ? LOST : copyOf(item, this.#transferList)
    if (copy !== LOST) return copy
    const { data, references } = copyOfLost(item, this.#transferList, this.#refer)
    this.#lost.push([this.#items.length, references])
    this.bytes += weigh(references)
    return data
  }
}

/** As integers if all of them are: reading an integer does not allocate. */
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
