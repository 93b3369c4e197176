import { InvalidArgumentError } from '../errors/errors.js'

/**
 * A property of every call on which structuredClone fails, so that sending a call that was not awaited is an error, and
 * does not send an empty object.
 */
export function awaitTheCallFirst(): void {}

/** The error for a call that is used instead of its value; `use` says what would be done with it. */
export function refuseUnawaited(name: string, use: string): never {
  throw new InvalidArgumentError(`${name}() is a call, not its value: await it before you ${use} it`)
}

export function refuseIterating(name: string): never {
  throw new InvalidArgumentError(`${name}() returned a value, not a stream; await it and iterate the value`)
}
