import { checkFunction, refuse } from '../check.js'
import { BRIDGE_ERRORS } from '../errors/errors.js'
import { shared } from '../shared.js'

type ErrorClass = abstract new (...args: never[]) => Error

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

const registered = shared('@bridge/core/error-classes', () => new Map<string, ErrorClass>())

/**
 * Makes errors of these classes arrive as instances of their class, under the names given. Call it on the thread
 * that catches; on the thread that throws it is needed only where the name differs from the class's own.
 * An error is restored without running its constructor, so `#private` fields can't be.
 *
 * @throws InvalidArgumentError when a value is not an error class.
 * @example
 * ```ts
 * registerErrors({ QuotaError })
 * try { await tasks.upload(file) } catch (error) {
 *   if (error instanceof QuotaError) console.error(error.limit)
 * }
 * ```
 */
export function registerErrors(classes: Readonly<Record<string, ErrorClass>>): void {
  for (const [name, Class] of Object.entries(classes)) {
    checkFunction('registerErrors()', name, Class)
    if (!(Class.prototype instanceof Error)) {
      refuse('registerErrors()', `${name} must be a class that extends Error`, Class)
    }
    registered.set(name, Class)
  }
}

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
