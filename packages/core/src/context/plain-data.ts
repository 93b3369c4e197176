/** The most values that are compared; data with more is cheaper to clone than to compare. */
const MOST_VALUES = 64

/** A copy of data that consists of primitive values, plain objects and arrays. */
export class PlainData {
  readonly copy: unknown
  readonly #shape: Shape

  private constructor(copy: unknown, shape: Shape) {
    this.copy = copy
    this.#shape = shape
  }

  /**
   * `undefined` if the data contains anything else, too many values to compare, or an object twice, which a structured
   * clone would keep as one.
   */
  static of(data: unknown): PlainData | undefined {
    const shape = shapeOf(data, { left: MOST_VALUES, objects: [] })
    return shape === undefined ? undefined : new PlainData(copyOfShape(shape), shape)
  }

  /** Another copy. */
  again(): unknown {
    return copyOfShape(this.#shape)
  }

  /** Whether data is the same: values, names and their order. */
  isSame(data: unknown): boolean {
    return isOfShape(this.#shape, data, [])
  }
}

/** A primitive value, or an object with its parts; it is compared without allocating. */
type Shape = { readonly value: unknown } | Composite

interface Composite {
  /** Of an object; `undefined` for an array. */
  readonly keys: readonly string[] | undefined
  readonly parts: readonly Shape[]
}

/** The progress of an inspection. */
interface Look {
  left: number
  /** The objects found so far. */
  readonly objects: object[]
}

/** Only the elements of an array count and the own properties of an object, as in a structured clone. */
function shapeOf(data: unknown, look: Look): Shape | undefined {
  if (look.left-- <= 0) return undefined
  // A function and a symbol can't be cloned: structuredClone reports that.
  if (typeof data === 'function' || typeof data === 'symbol') return undefined
  if (!isObject(data)) return { value: data }
  if (!isPlain(data) || cameBefore(data, look.objects)) return undefined
  const keys = Object.keys(data)
  const isArray = Array.isArray(data)
  if (isArray ? keys.length !== data.length : keys.includes('__proto__')) return undefined
  const parts: Shape[] = []
  for (const key of keys) {
    const part = shapeOf(data[key], look)
    if (part === undefined) return undefined
    parts.push(part)
  }
  return { keys: isArray ? undefined : keys, parts }
}

function copyOfShape(shape: Shape): unknown {
  if ('value' in shape) return shape.value
  const { keys, parts } = shape
  if (keys === undefined) return parts.map(copyOfShape)
  const copy: Record<string, unknown> = {}
  for (let n = 0; n < keys.length; n++) copy[keys[n] as string] = copyOfShape(parts[n] as Shape)
  return copy
}

function isOfShape(shape: Shape, data: unknown, objects: object[]): boolean {
  if ('value' in shape) return Object.is(shape.value, data)
  const { keys, parts } = shape
  if (!isObject(data) || !isPlain(data) || cameBefore(data, objects)) return false
  if (keys === undefined) return Array.isArray(data) && areElements(parts, data, objects)
  if (Array.isArray(data)) return false
  let n = 0
  // An inherited property does not belong to a plain object; if every object has it, the data merely does not compare
  // as equal.
  for (const key in data) {
    if (key !== keys[n] || !isOfShape(parts[n] as Shape, data[key], objects)) return false
    n++
  }
  return n === keys.length
}

function areElements(parts: readonly Shape[], data: readonly unknown[], objects: object[]): boolean {
  // An array may have a property that is not an element.
  if (data.length !== parts.length || Object.keys(data).length !== parts.length) return false
  for (let n = 0; n < parts.length; n++) if (!isOfShape(parts[n] as Shape, data[n], objects)) return false
  return true
}

/** Whether an object was found before; it is added if not. There are so few that a Set would cost more. */
function cameBefore(object: object, objects: object[]): boolean {
  if (objects.includes(object)) return true
  objects.push(object)
  return false
}

/** Data that is shared and never changes: it is copied for each receiver that may change it. */
const shared = new WeakMap<object, PlainData>()

/** A copy of shared data for a receiver that may change it; cloned if it is not plain. */
export function copyOf(data: unknown): unknown {
  if (!isObject(data)) return data
  let plain = shared.get(data)
  if (plain === undefined) {
    plain = PlainData.of(data)
    if (plain === undefined) return structuredClone(data)
    shared.set(data, plain)
  }
  return plain.again()
}

function isObject(data: unknown): data is Record<string, unknown> {
  return typeof data === 'object' && data !== null
}

function isPlain(data: object): boolean {
  const prototype = Object.getPrototypeOf(data)
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null
}
