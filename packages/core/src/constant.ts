import { shared } from './shared.js'

const constants = shared('@bridge/core/constants', () => new WeakSet<object>())

/**
 * Says of a value that travels with calls that nothing in it ever changes and that all who get it may share one copy: who
 * has been sent it once need not be sent it again. Only for what consists of primitive values that nothing decodes.
 */
export function markConstant<T extends object>(value: T): T {
  constants.add(value)
  return value
}

/** Whether that was said of it. */
export function isConstant(value: unknown): value is object {
  return typeof value === 'object' && value !== null && constants.has(value)
}
