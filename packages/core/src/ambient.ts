import { AsyncLocalStorage } from 'node:async_hooks'
import { AsyncResource } from './node.js'
import { ignore } from './promise.js'

const LEFT_TO_COLLECTION = { requireManualDestroy: true }

/**
 * Whether `AsyncLocalStorage` is built on async hooks, as up to Node 22. Then a value that `enterWith()` sets stays
 * with the current async resource and is visible to everything that runs in it later; before the first storage is used,
 * there is nothing to isolate. From Node 24 on, the value lasts until the callback returns.
 */
const isMadeOfHooks = '_enable' in AsyncLocalStorage.prototype

/** The key under which Node stores the async id of a tracked resource. It tracks no promises while no hook is active. */
let numberKey: symbol | undefined
let isTracking = false

/** Whether any storage has been used on this thread. */
function hasStorages(): boolean {
  if (isTracking) return true
  numberKey ??= Object.getOwnPropertySymbols(newResource()).find(
    ({ description }) => description === 'async_id_symbol'
  )
  isTracking = numberKey === undefined || numberKey in new Promise(ignore)
  return isTracking
}

/** A resource that holds the context in which it is made. Tools that search for leaked resources must not report it. */
export function newResource(): AsyncResource {
  const resource = new AsyncResource('BRIDGE_CONTEXT', LEFT_TO_COLLECTION)
  // `emitDestroy()` returns the resource in Node and nothing in Bun.
  resource.emitDestroy()
  return resource
}

/**
 * Runs `fn` so that what it sets by `enterWith()` is not visible to later code in the same context: with hooks it runs
 * in a separate resource, since the value would otherwise stay with the surrounding one.
 */
export function runIsolated<R>(fn: () => R): R {
  return isMadeOfHooks && hasStorages() ? newResource().runInAsyncScope(fn) : fn()
}

/** The context in which it is made, as the starting point of other code, whose `enterWith()` does not change it. */
export class RootContext {
  /** With hooks: the resource in which the next code starts. No user code has run in it. */
  #next = newResource()

  /** `entersFirst` says that `fn` may enter the first storage of the thread by itself, before any code of the user runs. */
  run<R>(fn: () => R, entersFirst = false): R {
    if (!isMadeOfHooks) return this.#next.runInAsyncScope(fn)
    if (!entersFirst && !hasStorages()) return fn()
    return this.#next.runInAsyncScope(() => {
      this.#next = newResource()
      return fn()
    })
  }
}

/** The context in which it is made, for code that runs in steps: what one step sets, the next step sees. */
export class OwnContext {
  #resource = newResource()

  run<R>(step: () => R): R {
    if (isMadeOfHooks) return this.#resource.runInAsyncScope(step)
    return this.#resource.runInAsyncScope(() => {
      try {
        return step()
      } finally {
        this.#resource = newResource()
      }
    })
  }
}
