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

/** Up to so many objects are compared one by one; looking up is cheaper for more. */
const COMPARED = 32

/** How many of the last new lists of keys are compared with an object's keys. */
const LISTS_COMPARED = 4

/** Reading at most so many keys that the reader does not know, in separate lists, costs no more than a clone of them. */
const MOST_NEW_KEYS = 64

/** How deeply values may be nested: deeper data may be endless. */
const DEEPEST = 64

/** A text with so many characters has room beside everything else, whatever they are. */
const MOST_CHARACTERS = MOST_BYTES / 3

/**
 * Writes values that are flat, or nest such (flat-format.ts), in two steps: `write` collects them, which may run
 * getters of the caller, and `copyTo` copies them to the memory of the other thread, which runs no user code.
 */
export class FlatWriter {
  readonly #words: Int32Array
  readonly #numbers: Float64Array
  readonly #most: number
  #slots = 0
  #text = ''
  #isWriting = false
  /** The objects found so far: an object that occurs twice must remain one. */
  readonly #objects: object[] = []
  #others: Set<object> | undefined
  readonly #lists: (readonly string[])[] = []
  #newKeys = 0

  constructor() {
    const memory = new ArrayBuffer(MOST_BYTES)
    this.#words = new Int32Array(memory)
    this.#numbers = new Float64Array(memory)
    // A number takes two slots.
    this.#most = MOST_BYTES / SLOT - 1
  }

  /**
   * Collects values; `false` if one of them is of another type, or there are too many, or one of their getters has led
   * to this call, or throws: a message then reports that properly.
   */
  write(values: readonly unknown[]): boolean {
    if (this.#isWriting) return false
    this.#slots = 1
    this.#text = ''
    this.#isWriting = true
    const isWritten = this.#putAll(values)
    this.#isWriting = false
    if (this.#objects.length > 0) this.#discard()
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
    // A UTF-16 code unit takes at most three bytes, as long as it is not known whether every character takes one.
    return this.#slots * SLOT + this.#text.length * 3
  }

  /** Copies the collected values to the byte `at`, a multiple of 8; returns the number of bytes. */
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
    // Creating a view costs as much as copying a few words.
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
      // A hole remains a hole.
      if (item === undefined && !Object.hasOwn(array, index)) return false
      if (!this.#put(item, depth)) return false
    }
    // A clone keeps additional properties.
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
      // A loop, because a function call costs more than all comparisons of a small value.
      for (let index = 0; index < objects.length; index++) if (objects[index] === object) return true
      objects.push(object)
      return false
    }
    this.#others ??= new Set(objects)
    const { size } = this.#others
    return this.#others.add(object).size === size
  }

  #discard(): void {
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
