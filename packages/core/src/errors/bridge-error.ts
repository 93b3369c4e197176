import { isMarked } from '../shared.js'

/** The stable `code` of each error that bridge itself throws. */
export type BridgeErrorCode =
  | 'BRIDGE_TIMEOUT'
  | 'BRIDGE_ABORTED'
  | 'BRIDGE_DEADLOCK'
  | 'BRIDGE_CANNOT_BLOCK'
  | 'BRIDGE_QUEUE_FULL'
  | 'BRIDGE_WORKER_LOST'
  | 'BRIDGE_NOT_CLONEABLE'
  | 'BRIDGE_TOO_LARGE'
  | 'BRIDGE_TASK_NOT_FOUND'
  | 'BRIDGE_CLOSED'
  | 'BRIDGE_DISPOSED'
  | 'BRIDGE_INVALID_ARGUMENT'

/**
 * The base of every error that bridge throws. `instanceof` works across copies of the package (ESM beside CommonJS)
 * because it checks a brand instead of a prototype, as undici's errors do.
 *
 * @example
 * ```ts
 * import { BridgeError } from '@bridge/core'
 * try { await call } catch (error) {
 *   if (error instanceof BridgeError) console.error(error.code, error.message)
 *   else throw error
 * }
 * ```
 */
export class BridgeError extends Error {
  /** Identifies the error for programs; it does not change between versions. */
  readonly code: BridgeErrorCode

  constructor(code: BridgeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: whichever subclass is asked
    const asked = this as typeof BridgeError & { brand?: symbol }
    // Its own brand and not an inherited one, so that a user's subclass keeps its own meaning of `instanceof`.
    const brand = Object.hasOwn(asked, 'brand') ? asked.brand : undefined
    return brand === undefined
      ? Function.prototype[Symbol.hasInstance].call(asked, value)
      : isMarked(value, brand)
  }
}

/**
 * Names a class and brands it, so that instances made by another copy of the package are recognized. The name is given
 * and not read from the class, because a bundler may rename classes.
 */
export function brandError(Class: new (...args: never[]) => BridgeError, brand: string, name = brand): void {
  const symbol = Symbol.for(`@bridge/core/error/${brand}`)
  Object.defineProperty(Class, 'brand', { value: symbol })
  Object.defineProperty(Class.prototype, symbol, { value: true })
  Object.defineProperty(Class.prototype, 'name', { value: name, configurable: true, writable: true })
}

brandError(BridgeError, 'BridgeError')
