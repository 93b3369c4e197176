import { checkFunction, checkObject, refuse } from '../check.js'
import { shared } from '../shared.js'

export type ErrorClass = abstract new (...args: never[]) => Error

/** The classes that users have registered, by the name under which their errors cross. */
export const registered = shared('@bridge/core/error-classes', () => new Map<string, ErrorClass>())

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
  checkObject('registerErrors()', 'classes', classes)
  for (const [name, Class] of Object.entries(classes)) {
    checkFunction('registerErrors()', name, Class)
    if (!(Class.prototype instanceof Error)) {
      refuse('registerErrors()', `${name} must be a class that extends Error`, Class)
    }
    registered.set(name, Class)
  }
}
