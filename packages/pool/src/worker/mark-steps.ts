import type { HostIterator } from '@bridge/core/host'
import { STEPPING } from '../lane/wire.js'

/** The iterator, with the word set that tells the owner whose generator is being stepped. */
export function markSteps(
  iterator: HostIterator,
  id: number,
  control: Int32Array<SharedArrayBuffer>
): HostIterator {
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
        return iterator.return?.(value) ?? { done: true, value }
      } finally {
        control[STEPPING] = 0
      }
    },
    throw(error: unknown) {
      control[STEPPING] = id
      try {
        return iterator.throw?.(error) ?? { done: true, value: undefined }
      } finally {
        control[STEPPING] = 0
      }
    }
  } as HostIterator
}
