import { BRIDGE_ERRORS } from '../errors/errors.js'
import { type ErrorClass, registered } from './registered-errors.js'

const BUILT_IN: readonly ErrorClass[] = [
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  AggregateError
]

// Not shared between copies: each copy restores bridge's own errors as its own class, and brands make them equal.
const known = new Map<string, ErrorClass>([
  ...BUILT_IN.map((Class): [string, ErrorClass] => [Class.name, Class]),
  ...Object.entries(BRIDGE_ERRORS)
])

/** The class an error of this name is restored as. */
export function errorClass(name: string): ErrorClass | undefined {
  return registered.get(name) ?? known.get(name)
}

/** The name under which an error crosses: that of its nearest registered class, else of its own class. */
export function errorClassName(error: Error): string {
  for (let proto: unknown = Object.getPrototypeOf(error); proto; proto = Object.getPrototypeOf(proto)) {
    for (const classes of [registered, known]) {
      for (const [name, Class] of classes) if (Class.prototype === proto) return nearest(error, proto, name)
    }
  }
  return 'Error'
}

/** A class of the user's that nobody registered keeps its own name, not that of the built-in it extends. */
function nearest(error: Error, proto: unknown, registeredName: string): string {
  const own = Object.getPrototypeOf(error) as { constructor?: { name?: unknown } } | null
  if (own === proto) return registeredName
  const name = own?.constructor?.name
  return typeof name === 'string' && name !== '' ? name : registeredName
}
