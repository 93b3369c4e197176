import { InvalidArgumentError } from '../errors/errors.js'

/**
 * Refuses a value for a generator on another thread that may have produced items ahead: the value would reach another
 * `yield` than the one it answers. For authors of executors.
 *
 * @throws InvalidArgumentError when there is a value, and the stream is not stepped one item at a time.
 * @example
 * ```ts
 * next(value) {
 *   checkStepValue(value, task.stream?.twoWay === true)
 * ```
 */
export function checkStepValue(value: unknown, isTwoWay: boolean): void {
  if (value === undefined || isTwoWay) return
  throw new InvalidArgumentError(
    'next(value): a generator on another thread takes a value only if each step runs when it is requested; call it ' +
      '.with({ twoWay: true }), or open the stream with twoWay'
  )
}
