import {
  ARRAY,
  ASCII,
  BETWEEN_KEYS,
  DATE,
  FALSE,
  type FlatMemory,
  FORM_BITS,
  INTEGER,
  NEW_KEYS,
  NULL,
  NUMBER,
  SAME_KEYS,
  SLOT,
  TEXT,
  TRUE
} from './flat-format.js'

/** How many lists of keys are cached, and how long they may be. */
const MOST_SHAPES = 256
const LONGEST_REMEMBERED = 1024

/** V8 represents a substring from this length on as a slice of the text, which it would keep in memory. */
const SHARED_FROM = 13

/** What objects with the same keys share. */
interface Shape {
  readonly keys: readonly string[]
  /**
   * An object with these keys, to be copied: a copy has its own properties whatever `Object.prototype` contains, and is
   * as fast as an object literal, while an object to which properties are added one by one becomes slow from some 16
   * on.
   */
  readonly template: Readonly<Record<string, unknown>>
}

/** Reads what a `FlatWriter` has written. */
export class FlatReader {
  readonly #memory: FlatMemory
  readonly #shapes = new Map<string, Shape>()
  /** The lists of the entry that is being read. */
  readonly #lists: Shape[] = []
  #next = 0
  /** The position of the text, and of its next characters. */
  #textStart = 0
  #textAt = 0
  #textEnd = 0
  #form = ASCII
  #text: string | undefined

  constructor(memory: FlatMemory) {
    this.#memory = memory
  }

  /**
   * The values at the byte `at`.
   *
   * @throws RangeError when the stack has almost no room left.
   */
  read(at: number): unknown[] {
    const head = this.#memory.words[at >> 2] as number
    const first = at / SLOT
    const end = first + (head >> FORM_BITS)
    this.#next = first + 1
    this.#form = head & ((1 << FORM_BITS) - 1)
    this.#textStart = end * SLOT
    this.#textAt = this.#textStart
    this.#textEnd = this.#textStart + (this.#memory.words[(at >> 2) + 1] as number)
    // The previous read may have failed half-way.
    this.#text = undefined
    this.#lists.length = 0
    const values: unknown[] = []
    while (this.#next < end) values.push(this.#take())
    this.#text = undefined
    return values
  }

  #take(): unknown {
    const { words, numbers } = this.#memory
    const slot = this.#next++
    const kind = words[slot * 2] as number
    const value = words[slot * 2 + 1] as number
    switch (kind) {
      case NULL:
        return null
      case FALSE:
        return false
      case TRUE:
        return true
      case INTEGER:
        return value
      case NUMBER:
        return numbers[this.#next++]
      case TEXT:
        return this.#takeText(value)
      case DATE:
        return new Date(numbers[this.#next++] as number)
      case ARRAY:
        return this.#takeArray(value)
      case SAME_KEYS:
        return this.#takeObject(this.#lists[value] as Shape)
      default:
        if (kind < NEW_KEYS) return undefined
        return this.#takeObject(this.#newShape(kind - NEW_KEYS, value))
    }
  }

  #takeArray(length: number): unknown[] {
    const array: unknown[] = []
    for (let index = 0; index < length; index++) array.push(this.#take())
    return array
  }

  #takeObject({ keys, template }: Shape): object {
    const object = { ...template }
    for (let index = 0; index < keys.length; index++) object[keys[index] as string] = this.#take()
    return object
  }

  #takeText(length: number): string {
    const from = this.#textAt
    const to = from + (this.#form === ASCII ? length : length * 2)
    this.#textAt = to
    if (length >= SHARED_FROM) return this.#decode(from, to)
    this.#text ??= this.#decode(this.#textStart, this.#textEnd)
    const start = this.#form === ASCII ? from - this.#textStart : (from - this.#textStart) >> 1
    return this.#text.substring(start, start + length)
  }

  #decode(from: number, to: number): string {
    return this.#memory.bytes.toString(this.#form === ASCII ? 'latin1' : 'utf16le', from, to)
  }

  #newShape(count: number, length: number): Shape {
    const text = this.#takeText(length)
    // One empty key looks like no keys.
    const name = count === 0 ? BETWEEN_KEYS : text
    let shape = this.#shapes.get(name)
    if (shape === undefined) {
      shape = shapeOf(count === 0 ? [] : text.split(BETWEEN_KEYS))
      if (length <= LONGEST_REMEMBERED) this.#remember(name, shape)
    }
    this.#lists.push(shape)
    return shape
  }

  #remember(text: string, shape: Shape): void {
    if (this.#shapes.size === MOST_SHAPES) this.#shapes.clear()
    this.#shapes.set(text, shape)
  }
}

function shapeOf(keys: readonly string[]): Shape {
  const template = JSON.parse(`{${keys.map(key => `${JSON.stringify(key)}:0`).join()}}`) as Record<
    string,
    unknown
  >
  // Its properties may hold any value from now on, so that its hidden class need not change later.
  for (const key of keys) template[key] = null
  return { keys, template }
}
