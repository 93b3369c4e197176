import { InvalidArgumentError } from '../errors/errors.js'

/**
 * A property of every call that structuredClone trips over, so that a call sent away unawaited is an error and
 * not an empty object.
 */
export function awaitTheCallFirst(): void {}

export function refuseSerialising(name: string): never {
  throw new InvalidArgumentError(`${name}() is a call, not its value: await it before you serialise it`)
}

export function refusePrinting(name: string): never {
  throw new InvalidArgumentError(`${name}() is a call, not its value: await it before you print it`)
}

export function refuseIterating(name: string): never {
  throw new InvalidArgumentError(
    `${name}() gave a value, not a stream, so it can't be iterated; await it and iterate the value`
  )
}
