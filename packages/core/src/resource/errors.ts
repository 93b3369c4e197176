import { DisposedError, InvalidArgumentError, NotCloneableError } from '../errors/errors.js'

/** The error of a generator that did not yield exactly once; `what` says what it did instead. */
export function notOneYield(name: string, what: string): InvalidArgumentError {
  return new InvalidArgumentError(`resource(): ${name} ${what}; it must yield its value once`)
}

/** The error of a resource that has been cleaned up. */
export function usedAfterDispose(name: string): DisposedError {
  return new DisposedError(
    `resource(): ${name} was used or disposed already; call the function again for another`
  )
}

/** The error for a resource inside the data of a task's result. */
export function resourceInData(task: string): NotCloneableError {
  return new NotCloneableError(
    `${task}(): its result contains a resource, which was disposed; return the resource itself, so that the caller can dispose of it`
  )
}

/** The error of a synchronous resource whose body is asynchronous. */
export function asyncBody(name: string): InvalidArgumentError {
  return new InvalidArgumentError(
    `use(): ${name} would be cleaned up before its body has ended, which returned a promise; make the resource from an ` +
      'async generator function'
  )
}

/**
 * What is thrown when both a body and its cleanup threw, as by `using`: the cleanup's error, with the body's as
 * `suppressed`. A cleanup that rethrows the body's error, or throws an error with it as cause, suppresses nothing.
 */
export function suppressing(error: unknown, suppressed: unknown): unknown {
  for (let cause = error, depth = 0; depth < 100; depth++) {
    if (cause === suppressed) return error
    if (!(cause instanceof Error)) break
    cause = cause.cause
  }
  const message = 'The cleanup of a resource failed after its body had failed'
  const { SuppressedError: Native } = globalThis as { SuppressedError?: SuppressedErrorConstructor }
  if (Native !== undefined) return new Native(error, suppressed, message)
  // Node 20 and 22 have no SuppressedError.
  const both = new Error(message)
  for (const [key, value] of Object.entries({ name: 'SuppressedError', error, suppressed })) {
    Object.defineProperty(both, key, { value, configurable: true, writable: true })
  }
  return both
}

type SuppressedErrorConstructor = new (error: unknown, suppressed: unknown, message: string) => Error
