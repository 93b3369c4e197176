import { InvalidArgumentError } from '../errors/errors.js'

/**
 * A property of every call that structuredClone trips over, so that a call sent away unawaited is an error and
 * not an empty object.
 */
export function awaitTheCallFirst(): void {}

/** The error of a call that stands where its value was meant; `use` says what would be done to it. */
export function refuseUnawaited(name: string, use: string): never {
  throw new InvalidArgumentError(`${name}() is a call, not its value: await it before you ${use} it`)
}

export function refuseIterating(name: string): never {
  throw new InvalidArgumentError(`${name}() gave a value, not a stream; await it and iterate the value`)
}
