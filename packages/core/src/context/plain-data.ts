/** So many values are looked at; what holds more is cheaper to clone than to compare. */
const MOST_VALUES = 64

/** Where a look ended: nothing that it may look at is left. */
const TOO_MUCH = -1

/**
 * A copy of data that consists of primitive values, plain objects and arrays, and of few of them; `undefined` for any
 * other. Of an array only its elements count, of an object what is its own, as in a structured clone.
 */
export function copyOfPlain(data: unknown): { readonly copy: unknown } | undefined {
  const budget = { left: MOST_VALUES }
  const copy = copied(data, budget)
  return budget.left === TOO_MUCH ? undefined : { copy }
}

function copied(data: unknown, budget: { left: number }): unknown {
  if (!isObject(data)) {
    // A function and a symbol can't be cloned: that is for the clone to say.
    if (typeof data === 'function' || typeof data === 'symbol') budget.left = TOO_MUCH
    return data
  }
  if (!isPlain(data)) budget.left = TOO_MUCH
  const keys = budget.left === TOO_MUCH ? [] : Object.keys(data)
  if (Array.isArray(data) && keys.length !== data.length) budget.left = TOO_MUCH
  const copy: Record<string, unknown> = Array.isArray(data) ? ([] as never) : {}
  for (const key of keys) {
    if (budget.left === TOO_MUCH || budget.left-- === 0 || key === '__proto__') {
      budget.left = TOO_MUCH
      return copy
    }
    copy[key] = copied((data as Record<string, unknown>)[key], budget)
  }
  return copy
}

/** Whether data is the same as what `copyOfPlain` gave: values, names and their order. */
export function isSamePlain(known: unknown, data: unknown): boolean {
  if (!isObject(known)) return Object.is(known, data)
  if (!isObject(data) || !isPlain(data) || Array.isArray(data) !== Array.isArray(known)) return false
  const keys = Object.keys(data)
  const knownKeys = Object.keys(known)
  if (keys.length !== knownKeys.length) return false
  if (Array.isArray(data) && keys.length !== data.length) return false
  for (let n = 0; n < keys.length; n++) {
    const key = keys[n] as string
    if (key !== knownKeys[n] || !isSamePlain(known[key], data[key])) return false
  }
  return true
}

function isObject(data: unknown): data is Record<string, unknown> {
  return typeof data === 'object' && data !== null
}

function isPlain(data: object): boolean {
  const prototype = Object.getPrototypeOf(data)
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null
}
