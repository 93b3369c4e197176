import type { HostIterator } from '@bridge/core/host'
import { stepsOf } from '@bridge/core/internal'
import { STEP, STEPPING } from '../lane/wire.js'

/** The iterator, with the words set that tell the owner whose generator is being stepped, and which step it is. */
export function markSteps(
  iterator: HostIterator,
  id: number,
  control: Int32Array<SharedArrayBuffer>
): HostIterator {
  const steps = stepsOf(iterator)
  // Numbered first, so that no step is seen with an earlier one's number.
  const begin = (): void => {
    control[STEP] = (control[STEP] as number) + 1
    control[STEPPING] = id
  }
  // Written out: what takes any arguments would make an array of them for each item.
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
