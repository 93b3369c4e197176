import { DisposedError, InvalidArgumentError } from '../errors/errors.js'

/** The error of a generator that never came to its `yield`. */
export function neverYielded(name: string): InvalidArgumentError {
  return new InvalidArgumentError(`resource(): ${name} ended without a yield; yield its value once`)
}

/** The error of a generator that yielded again where it should have ended. */
export function yieldedTwice(name: string): InvalidArgumentError {
  return new InvalidArgumentError(
    `resource(): ${name} yielded a second time; after its one yield it must end`
  )
}

/** The error of a resource that has been cleaned up. */
export function usedAfterDispose(name: string): DisposedError {
  return new DisposedError(
    `resource(): ${name} was used or disposed already; call the function again for another`
  )
}
