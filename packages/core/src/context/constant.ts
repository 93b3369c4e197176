import { shared } from '../shared.js'

const constants = shared('@bridge/core/constants', () => new WeakSet<object>())

/** Marks a value that is sent with calls as shared and immutable. */
export function markConstant<T extends object>(value: T): T {
  constants.add(value)
  return value
}

/** Whether a value was marked so. */
export function isConstant(value: unknown): value is object {
  return typeof value === 'object' && value !== null && constants.has(value)
}
