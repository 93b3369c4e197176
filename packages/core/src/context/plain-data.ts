/** So many values are looked at; what holds more is cheaper to clone than to compare. */
const MOST_VALUES = 64

/** Where a look ended: nothing that it may look at is left. */
const TOO_MUCH = -1

/** How far a look has come. */
interface Look {
  left: number
  /** The objects that it came across. */
  readonly objects: object[]
}

/**
 * A copy of data that consists of primitive values, plain objects and arrays, and of few of them; `undefined` for any
 * other, and for what holds an object twice, which a structured clone keeps one. Of an object what is its own counts, as
 * there.
 */
export function copyOfPlain(data: unknown): { readonly copy: unknown } | undefined {
  const look: Look = { left: MOST_VALUES, objects: [] }
  const copy = copied(data, look)
  return look.left === TOO_MUCH ? undefined : { copy }
}

function copied(data: unknown, look: Look): unknown {
  if (!isObject(data)) {
    // A function and a symbol can't be cloned: that is for the clone to say.
    if (typeof data === 'function' || typeof data === 'symbol') look.left = TOO_MUCH
    return data
  }
  if (!isPlain(data) || cameBefore(data, look.objects)) look.left = TOO_MUCH
  const keys = look.left === TOO_MUCH ? [] : Object.keys(data)
  if (Array.isArray(data) && keys.length !== data.length) look.left = TOO_MUCH
  const copy: Record<string, unknown> = Array.isArray(data) ? ([] as never) : {}
  for (const key of keys) {
    if (look.left === TOO_MUCH || look.left-- === 0 || key === '__proto__') {
      look.left = TOO_MUCH
      return copy
    }
    copy[key] = copied((data as Record<string, unknown>)[key], look)
  }
  return copy
}

/** Whether data is the same as what `copyOfPlain` gave: values, names and their order. */
export function isSamePlain(known: unknown, data: unknown): boolean {
  return isObject(known) ? isSameObject(known, data, []) : Object.is(known, data)
}

function isSameObject(known: Record<string, unknown>, data: unknown, objects: object[]): boolean {
  if (!isObject(data) || !isPlain(data) || Array.isArray(data) !== Array.isArray(known)) return false
  if (cameBefore(data, objects)) return false
  const keys = Object.keys(data)
  const knownKeys = Object.keys(known)
  if (keys.length !== knownKeys.length) return false
  if (Array.isArray(data) && keys.length !== data.length) return false
  for (let n = 0; n < keys.length; n++) {
    const key = keys[n] as string
    if (key !== knownKeys[n]) return false
    const value = known[key]
    const isSame = isObject(value) ? isSameObject(value, data[key], objects) : Object.is(value, data[key])
    if (!isSame) return false
  }
  return true
}

/** Whether an object was come across before; from now on it was. They are so few that a Set costs more. */
function cameBefore(object: object, objects: object[]): boolean {
  if (objects.includes(object)) return true
  objects.push(object)
  return false
}

function isObject(data: unknown): data is Record<string, unknown> {
  return typeof data === 'object' && data !== null
}

function isPlain(data: object): boolean {
  const prototype = Object.getPrototypeOf(data)
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null
}
