import type { AsyncLocalStorage } from 'node:async_hooks'
import { shared } from '../shared.js'

/** Where the suite's carrier keeps its value: empty on a thread that has not imported the carrier's module. */
export const carriedSlot = shared<{ storage?: AsyncLocalStorage<unknown> }>(
  '@bridge/core/testing/carried',
  () => ({})
)

/** The current value of the suite's carrier on this thread. */
export function carriedValue(): unknown {
  return carriedSlot.storage?.getStore()
}
