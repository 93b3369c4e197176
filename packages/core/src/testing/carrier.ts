import { AsyncLocalStorage } from 'node:async_hooks'
import { addCarrier } from '../context/carriers.js'
import { carriedSlot } from './carried-value.js'

/*
 * A carrier as a user would register it, in a separate module: the suite's tasks do not import it, so a thread can
 * restore its value only by importing the module that the call names.
 */
carriedSlot.storage ??= new AsyncLocalStorage<unknown>()
const storage = carriedSlot.storage

addCarrier({
  name: '@bridge/core/testing',
  module: import.meta.url,
  capture: () => storage.getStore(),
  restore: (value, fn) => storage.run(value, fn)
})

/** Runs `fn` with a value that travels with the calls it makes. */
export function withCarried<R>(value: unknown, fn: () => R): R {
  return storage.run(value, fn)
}
