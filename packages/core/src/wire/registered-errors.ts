import { checkFunction, checkObject, refuse } from '../check.js'
import { shared } from '../shared.js'

export type ErrorClass = abstract new (...args: never[]) => Error

/** The classes that users have registered, by the name under which their errors cross. */
export const registered = shared('@bridge/core/error-classes', () => new Map<string, ErrorClass>())

/** Names that mean the language's or the platform's class on every thread, also where this Node has none of it. */
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
 * Makes errors of these classes arrive as instances of their class, under the names given. Call it on the thread
 * that catches; on the thread that throws it is needed only where the name differs from the class's own. Classes that
 * a module of tasks exports need it only where the catching thread never loads that module.
 * An error is restored without running its constructor, so `#private` fields can't be.
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
