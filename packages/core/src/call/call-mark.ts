import { isMarked, shared } from '../shared.js'

/** Not a private name, because a call of another copy of core is a call too. */
export const CALL_MARK = Symbol.for('@bridge/core/call')

/** The part of a call that every copy of core relies on. */
export interface MarkedCall extends PromiseLike<unknown> {
  runSync(): unknown
}

/** Whether a value is a call. */
export function isCall(value: unknown): value is MarkedCall {
  return isMarked(value, CALL_MARK)
}

const factories = shared('@bridge/core/call-factories', () => new WeakSet<object>())

/** Registers a function as one that returns calls. */
export function declareCallFactory<F extends object>(fn: F): F {
  factories.add(fn)
  return fn
}

/** Whether a function is registered as one that returns calls. */
export function isCallFactory(fn: object): boolean {
  return factories.has(fn)
}
