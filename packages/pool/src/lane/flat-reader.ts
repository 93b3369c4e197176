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

/** So many lists of keys are remembered, where they are no longer than that. */
const MOST_SHAPES = 256
const LONGEST_REMEMBERED = 1024

/** A text from so many characters on is a part of the text that it was taken from, and would keep that in memory. */
const SHARED_FROM = 13

/** What objects with the same keys have in common. */
interface Shape {
  readonly keys: readonly string[]
  /**
   * Such an object, to be copied: a copy has its properties whatever `Object.prototype` has come to hold, and is as
   * fast as an object of the language, where one that gets them one by one becomes a slow one from some 16 on.
   */
  readonly template: Readonly<Record<string, unknown>>
}

/** Reads what a `FlatWriter` has written. */
export class FlatReader {
  readonly #memory: FlatMemory
  readonly #shapes = new Map<string, Shape>()
  /** Those of the entry that is being read. */
  readonly #lists: Shape[] = []
  #next = 0
  /** Where the text stands, and where its next characters do. */
  #textStart = 0
  #textAt = 0
  #textEnd = 0
  #form = ASCII
  #text: string | undefined

  constructor(memory: FlatMemory) {
    this.#memory = memory
  }

  /**
   * The values that stand at the byte `at`.
   *
   * @throws RangeError where next to no stack is left.
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
    // What was read before may have failed half-way.
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
    // One key that is empty looks like none.
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
  // Its properties may hold anything from now on, and need not change their form for what comes.
  for (const key of keys) template[key] = null
  return { keys, template }
}
