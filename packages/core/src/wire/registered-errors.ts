import { checkFunction, checkObject, refuse } from '../check.js'
import { shared } from '../shared.js'

export type ErrorClass = abstract new (...args: never[]) => Error

/** The classes that users have registered, by the name under which their errors cross. */
export const registered = shared('@bridge/core/error-classes', () => new Map<string, ErrorClass>())

/** What is known of an error before it is restored. */
export interface ArrivingError {
  /** The names of each of its classes, the nearest first. */
  readonly classes: readonly (readonly string[])[]
  /** Its own properties; a part that is plain data is `{ value }`. */
  readonly properties: readonly (readonly [key: string, part: object, isEnumerable: boolean])[]
}

/** Returns whether an error is an instance of the class. */
type Accepts = (error: ArrivingError) => boolean

/** For classes whose names other classes have, too. */
const conditions = shared('@bridge/core/error-conditions', () => new WeakMap<ErrorClass, Accepts>())

/** The class that is registered under the name, unless the error is of another class with that name. */
export function registeredFor(name: string, error: ArrivingError): ErrorClass | undefined {
  const Class = registered.get(name)
  if (Class === undefined) return undefined
  return conditions.get(Class)?.(error) === false ? undefined : Class
}

/**
 * Registers a library's classes that have common names: an error arrives as an instance of one only if `accepts`
 * returns true for it. A name that is registered already keeps its class.
 *
 * @example
 * ```ts
 * registerErrorsWhere({ NotFoundException }, ({ classes }) => classes.flat().includes('HttpException'))
 * ```
 */
export function registerErrorsWhere(classes: Readonly<Record<string, ErrorClass>>, accepts: Accepts): void {
  const free = Object.entries(classes).filter(([name]) => !registered.has(name))
  registerErrors(Object.fromEntries(free))
  for (const [, Class] of free) conditions.set(Class, accepts)
}

/** Names of built-in classes of the language or the platform on every thread, even if this Node does not have them. */
const BUILT_IN_NAMES: ReadonlySet<string> = new Set([
  'Error',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
  'AggregateError',
  'SuppressedError',
  'DOMException',
  'QuotaExceededError'
])

/**
 * Makes errors of these classes arrive as instances of their class, under the names given. Call it on the thread that
 * catches; on the thread that throws it is needed only if the name differs from the class's own. Classes that a module
 * of tasks exports need it only if the catching thread never loads that module. An error is restored without running
 * its constructor, so `#private` fields can't be restored.
 *
 * @throws InvalidArgumentError when a value is not an error class, or a name is that of a built-in one.
 * @example
 * ```ts
 * registerErrors({ QuotaError })
 * try { await tasks.upload(file) } catch (error) {
 *   if (error instanceof QuotaError) console.error(error.limit)
 * }
 * ```
 */
export function registerErrors(classes: Readonly<Record<string, ErrorClass>>): void {
  checkObject('registerErrors()', 'classes', classes)
  for (const [name, Class] of Object.entries(classes)) {
    checkFunction('registerErrors()', name, Class)
    if (!(Class.prototype instanceof Error)) {
      refuse('registerErrors()', `${name} must be a class that extends Error`, Class)
    }
    if (BUILT_IN_NAMES.has(name))
      refuse('registerErrors()', 'the name must not be that of a built-in class', name)
  }
  for (const [name, Class] of Object.entries(classes)) registered.set(name, Class)
}
