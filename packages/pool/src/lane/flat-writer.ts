import { types } from 'node:util'
import {
  ARRAY,
  ASCII,
  BETWEEN_KEYS,
  DATE,
  FALSE,
  type FlatMemory,
  FORM_BITS,
  INTEGER,
  MOST_BYTES,
  NEW_KEYS,
  NULL,
  NUMBER,
  SAME_KEYS,
  SLOT,
  TEXT,
  TRUE,
  UNDEFINED,
  UTF16
} from './flat-format.js'

/** So many objects are compared one by one with each that comes; to look up more is cheaper. */
const COMPARED = 32

/** So many of the last new lists of keys are compared with an object's. */
const LISTS_COMPARED = 4

/** To read so many keys that the reader has not met, in lists of their own, costs no more than a clone of them. */
const MOST_NEW_KEYS = 64

/** How deep values may be nested: what is deeper may not end at all. */
const DEEPEST = 64

/** A text of so many characters, whatever they are, has room beside all else. */
const MOST_CHARACTERS = MOST_BYTES / 3

/**
 * Writes values that are flat, or nest such (flat-format.ts), in two steps: `write` collects them, which may run
 * getters of the caller's, and `copyTo` puts them where the other thread finds them, which runs nothing.
 */
export class FlatWriter {
  readonly #words: Int32Array
  readonly #numbers: Float64Array
  readonly #most: number
  #slots = 0
  #text = ''
  #isWriting = false
  /** The objects that were come across: one that comes twice must come out as one. */
  readonly #objects: object[] = []
  #others: Set<object> | undefined
  readonly #lists: (readonly string[])[] = []
  #newKeys = 0

  constructor() {
    const memory = new ArrayBuffer(MOST_BYTES)
    this.#words = new Int32Array(memory)
    this.#numbers = new Float64Array(memory)
    // A number takes two.
    this.#most = MOST_BYTES / SLOT - 1
  }

  /**
   * Collects values; `false` where one is none of these, or they are too many, or a getter of theirs has led to here, or
   * throws: a message will tell of that as it should.
   */
  write(values: readonly unknown[]): boolean {
    if (this.#isWriting) return false
    this.#slots = 1
    this.#text = ''
    this.#isWriting = true
    const isWritten = this.#putAll(values)
    this.#isWriting = false
    if (this.#objects.length > 0) this.#forget()
    // A text that was refused may be very long.
    if (!isWritten) this.#text = ''
    return isWritten
  }

  #putAll(values: readonly unknown[]): boolean {
    try {
      for (const value of values) if (!this.#put(value, 0)) return false
      return this.room <= MOST_BYTES
    } catch {
      return false
    }
  }

  /** How many bytes they take at most. */
  get room(): number {
    // A unit of UTF-16 takes three bytes at most, while it is not known whether each character takes one.
    return this.#slots * SLOT + this.#text.length * 3
  }

  /** Puts what was collected at the byte `at`, a multiple of 8; how many bytes that are. */
  copyTo({ words, bytes }: FlatMemory, at: number): number {
    const text = this.#text
    const start = at + this.#slots * SLOT
    let length = 0
    let form = ASCII
    if (text !== '') {
      length = bytes.write(text, start)
      if (length !== text.length) {
        length = bytes.write(text, start, 'utf16le')
        form = UTF16
      }
      this.#text = ''
    }
    this.#words[0] = (this.#slots << FORM_BITS) | form
    this.#words[1] = length
    const count = this.#slots * 2
    // To make a view costs as much as to copy some words.
    if (count > 32) words.set(this.#words.subarray(0, count), at >> 2)
    else for (let word = 0; word < count; word++) words[(at >> 2) + word] = this.#words[word] as number
    return start + length - at
  }

  #put(value: unknown, depth: number): boolean {
    if (this.#slots >= this.#most) return false
    switch (typeof value) {
      case 'string':
        if (this.#text.length + value.length > MOST_CHARACTERS) return false
        this.#text += value
        this.#slot(TEXT, value.length)
        return true
      case 'number':
        this.#putNumber(value)
        return true
      case 'boolean':
        this.#slot(value ? TRUE : FALSE, 0)
        return true
      case 'undefined':
        this.#slot(UNDEFINED, 0)
        return true
      case 'object':
        if (value !== null) return depth < DEEPEST && this.#putObject(value, depth + 1)
        this.#slot(NULL, 0)
        return true
      default:
        return false
    }
  }

  #slot(kind: number, value: number): void {
    const word = this.#slots++ * 2
    this.#words[word] = kind
    this.#words[word + 1] = value
  }

  #putNumber(value: number): void {
    if ((value | 0) === value && !Object.is(value, -0)) return this.#slot(INTEGER, value)
    this.#slot(NUMBER, 0)
    this.#numbers[this.#slots++] = value
  }

  #putObject(value: object, depth: number): boolean {
    if (this.#cameBefore(value)) return false
    if (Array.isArray(value)) return this.#putArray(value, depth)
    const prototype = Object.getPrototypeOf(value) as unknown
    if (prototype === Object.prototype) return this.#putProperties(value as Record<string, unknown>, depth)
    if (prototype !== Date.prototype || !types.isDate(value)) return false
    this.#slot(DATE, 0)
    this.#numbers[this.#slots++] = Date.prototype.getTime.call(value)
    return true
  }

  #putArray(array: readonly unknown[], depth: number): boolean {
    const { length } = array
    this.#slot(ARRAY, length)
    for (let index = 0; index < length; index++) {
      const item = array[index]
      // A hole stays one.
      if (item === undefined && !Object.hasOwn(array, index)) return false
      if (!this.#put(item, depth)) return false
    }
    // A clone keeps further properties.
    return Object.keys(array).length === length
  }

  #putProperties(object: Record<string, unknown>, depth: number): boolean {
    const keys = Object.keys(object)
    const list = this.#listOf(keys)
    if (list !== undefined) this.#slot(SAME_KEYS, list)
    else if (!this.#putKeys(keys)) return false
    for (let index = 0; index < keys.length; index++) {
      if (!this.#put(object[keys[index] as string], depth)) return false
    }
    return true
  }

  /** Which of the last lists has the same keys. */
  #listOf(keys: readonly string[]): number | undefined {
    const last = this.#lists.length - 1
    for (let list = last; list >= 0 && list > last - LISTS_COMPARED; list--) {
      if (areSame(this.#lists[list] as readonly string[], keys)) return list
    }
    return undefined
  }

  #putKeys(keys: readonly string[]): boolean {
    this.#newKeys += keys.length
    if (this.#newKeys > MOST_NEW_KEYS) return false
    for (const key of keys) if (key.includes(BETWEEN_KEYS)) return false
    const text = keys.join(BETWEEN_KEYS)
    this.#lists.push(keys)
    this.#text += text
    this.#slot(NEW_KEYS + keys.length, text.length)
    return this.#text.length <= MOST_CHARACTERS
  }

  #cameBefore(object: object): boolean {
    const objects = this.#objects
    if (objects.length < COMPARED) {
      // A loop: to call a function for it costs more than all comparisons of a small value.
      for (let index = 0; index < objects.length; index++) if (objects[index] === object) return true
      objects.push(object)
      return false
    }
    this.#others ??= new Set(objects)
    const { size } = this.#others
    return this.#others.add(object).size === size
  }

  #forget(): void {
    this.#objects.length = 0
    this.#others = undefined
    this.#lists.length = 0
    this.#newKeys = 0
  }
}

function areSame(keys: readonly string[], others: readonly string[]): boolean {
  if (keys.length !== others.length) return false
  for (let index = 0; index < keys.length; index++) if (keys[index] !== others[index]) return false
  return true
}
