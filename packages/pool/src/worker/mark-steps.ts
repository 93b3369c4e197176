import type { HostIterator } from '@bridge/core/host'
import { STEPPING } from '../lane/wire.js'

/** The iterator, with the word set that tells the owner whose generator is being stepped. */
export function markSteps(
  iterator: HostIterator,
  id: number,
  control: Int32Array<SharedArrayBuffer>
): HostIterator {
  const step =
    <A extends unknown[], R>(run: (...args: A) => R) =>
    (...args: A): R => {
      control[STEPPING] = id
      try {
        return run(...args)
      } finally {
        control[STEPPING] = 0
      }
    }
  return {
    next: step((value?: unknown) => iterator.next(value)),
    return: step((value?: unknown) => iterator.return?.(value) ?? { done: true, value }),
    throw: step((error: unknown) => iterator.throw?.(error) ?? { done: true, value: undefined })
  } as HostIterator
}
