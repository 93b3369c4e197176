import { InvalidArgumentError } from '../errors/errors.js'

/**
 * Refuses a value for a generator elsewhere that may have made items ahead: it would meet another `yield` than the one
 * it answers. For authors of executors.
 *
 * @throws InvalidArgumentError when there is a value, and the stream is not stepped one by one.
 * @example
 * ```ts
 * next(value) {
 *   checkStepValue(value, task.stream?.twoWay === true)
 * ```
 */
export function checkStepValue(value: unknown, isTwoWay: boolean): void {
  if (value === undefined || isTwoWay) return
  throw new InvalidArgumentError(
    'next(value): a generator elsewhere takes a value only where each step is made when it is asked for; call it ' +
      '.with({ twoWay: true }), or open the stream with twoWay'
  )
}
