import { BridgeError } from '../errors/bridge-error.js'
import { BRIDGE_ERRORS } from '../errors/errors.js'
import type { ErrorClass } from './registered-errors.js'

const { SuppressedError } = globalThis as { SuppressedError?: ErrorClass }

const BUILT_IN: readonly ErrorClass[] = [
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  AggregateError,
  ...(SuppressedError === undefined ? [] : [SuppressedError]),
  DOMException
]

// Not shared between copies: each copy restores bridge's errors as instances of its own classes, and brands make them
// equal.
const known = new Map<string, ErrorClass>([
  ...BUILT_IN.map((Class): [string, ErrorClass] => [Class.name, Class]),
  ...Object.entries({ BridgeError, ...BRIDGE_ERRORS })
])

const names = new Map<object, string>([...known].map(([name, Class]) => [Class.prototype as object, name]))

/** The built-in class or the bridge class with this name. */
export function knownClass(name: string): ErrorClass | undefined {
  return known.get(name)
}

/** The name of the built-in class, or of the bridge class, with this prototype; `undefined` for a user's class. */
export function knownName(prototype: object): string | undefined {
  const name = names.get(prototype)
  if (name !== undefined) return name
  const Class: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  if (typeof Class !== 'function') return undefined
  const found = brandOf(Class) ?? (isNative(Class) ? Class.name : undefined)
  return found !== undefined && known.has(found) ? found : undefined
}

/** The brand of a bridge class in another copy of bridge. */
function brandOf(Class: object): string | undefined {
  const brand: unknown = Object.hasOwn(Class, 'brand') ? (Class as { brand?: unknown }).brand : undefined
  return typeof brand === 'symbol' ? Symbol.keyFor(brand)?.replace('@bridge/core/error/', '') : undefined
}

/** A class of another realm, such as a vm context. */
function isNative(Class: object): boolean {
  return Function.prototype.toString.call(Class).endsWith('{ [native code] }')
}
