import { shared } from '../shared.js'

const constants = shared('@bridge/core/constants', () => new WeakSet<object>())

/** Says of a value that travels with calls that it is shared by all who have it: none of them changes anything in it. */
export function markConstant<T extends object>(value: T): T {
  constants.add(value)
  return value
}

/** Whether that was said of it. */
export function isConstant(value: unknown): value is object {
  return typeof value === 'object' && value !== null && constants.has(value)
}
