import { DisposedError, InvalidArgumentError } from '../errors/errors.js'

/** The error of a generator that did not yield exactly once; `what` says what it did. */
export function notOneYield(name: string, what: string): InvalidArgumentError {
  return new InvalidArgumentError(`resource(): ${name} ${what}; it must yield its value once`)
}

/** The error of a resource that has been cleaned up. */
export function usedAfterDispose(name: string): DisposedError {
  return new DisposedError(
    `resource(): ${name} was used or disposed already; call the function again for another`
  )
}
