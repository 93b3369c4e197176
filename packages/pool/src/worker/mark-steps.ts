import { stepsOf } from '@bridge/core/executor'
import type { HostIterator } from '@bridge/core/host'
import { STEPPING } from '../lane/wire.js'

/** The iterator, with the word set that tells the owner whose generator is being stepped. */
export function markSteps(
  iterator: HostIterator,
  id: number,
  control: Int32Array<SharedArrayBuffer>
): HostIterator {
  const steps = stepsOf(iterator)
  // Written out: what takes any arguments would make an array of them for each item.
  return {
    next(value?: unknown) {
      control[STEPPING] = id
      try {
        return iterator.next(value)
      } finally {
        control[STEPPING] = 0
      }
    },
    return(value?: unknown) {
      control[STEPPING] = id
      try {
        return steps.return(value)
      } finally {
        control[STEPPING] = 0
      }
    },
    throw(error: unknown) {
      control[STEPPING] = id
      try {
        return steps.throw(error)
      } finally {
        control[STEPPING] = 0
      }
    }
  } as HostIterator
}
