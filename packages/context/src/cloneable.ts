import { NotCloneableError } from '@bridge/core'

/** Values looked at before a large object is cloned for good measure instead. */
const LOOKS = 64

// Objects that structuredClone has accepted. Only those that the quick look can't judge are in it: Maps, class
// instances, large objects. What is put into one of them later is not seen here; the executor's own check
// catches it then, without the variable's name.
const accepted = new WeakSet<object>()

/**
 * Refuses a value that can't be cloned, with the name of its variable. The usual context, a small plain object,
 * is looked through on every call, which takes less than a microsecond and misses no change made in place.
 */
export function assertCloneable(name: string, value: unknown): void {
  if (isPlain(value, { looks: LOOKS }) || accepted.has(value as object)) return
  try {
    structuredClone(value)
  } catch (cause) {
    throw new NotCloneableError(
      `The context '${name}' can't be carried into a worker: ${(cause as Error).message} ` +
        'Give createContext() encode and decode, or local: true to keep the value on its thread.',
      { cause }
    )
  }
  accepted.add(value as object)
}

/** Whether the value is made of primitives, plain objects and arrays alone; `false` may also mean "not sure". */
function isPlain(value: unknown, budget: { looks: number }): boolean {
  if (--budget.looks < 0) return false
  if (value === null) return true
  if (typeof value !== 'object') return typeof value !== 'function' && typeof value !== 'symbol'
  if (!Array.isArray(value)) {
    const prototype = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) return false
  }
  for (const part of Object.values(value)) if (!isPlain(part, budget)) return false
  return true
}
