import type { HostIterator } from '@bridge/core/host'
import { stepsOf } from '@bridge/core/internal'
import { STEP, STEPPING } from '../connection/wire.js'

/** The iterator, which sets the words that show the parent whose generator is being stepped, and which step it is. */
export function markSteps(
  iterator: HostIterator,
  id: number,
  control: Int32Array<SharedArrayBuffer>
): HostIterator {
  const steps = stepsOf(iterator)
  // The number first, so that no step is seen with the number of an earlier step.
  const begin = (): void => {
    control[STEP] = (control[STEP] as number) + 1
    control[STEPPING] = id
  }
  // Written out: rest parameters would create an array for each item.
  return {
    next(value?: unknown) {
      begin()
      try {
        return iterator.next(value)
      } finally {
        control[STEPPING] = 0
      }
    },
    return(value?: unknown) {
      begin()
      try {
        return steps.return(value)
      } finally {
        control[STEPPING] = 0
      }
    },
    throw(error: unknown) {
      begin()
      try {
        return steps.throw(error)
      } finally {
        control[STEPPING] = 0
      }
    }
  } as HostIterator
}
