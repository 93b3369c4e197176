import { AsyncLocalStorage } from 'node:async_hooks'
import { AsyncResource } from './node.js'
import { ignore } from './promise.js'

const LEFT_TO_COLLECTION = { requireManualDestroy: true }

/**
 * Whether `AsyncLocalStorage` is made of async hooks, as up to Node 22: then what `enterWith()` sets stays with the resource
 * that it was called in, for all that runs in it later, and there is nothing to set before a storage was used. From
 * Node 24 on it lasts until the callback returns.
 */
const isMadeOfHooks = '_enable' in AsyncLocalStorage.prototype

/** Under which key Node numbers what it tracks; it tracks no promise while no hook is on. */
let numberKey: symbol | undefined
let isTracking = false

/** Whether a storage was ever used on this thread. */
function hasStorages(): boolean {
  if (isTracking) return true
  numberKey ??= Object.getOwnPropertySymbols(newResource()).find(
    ({ description }) => description === 'async_id_symbol'
  )
  isTracking = numberKey === undefined || numberKey in new Promise(ignore)
  return isTracking
}

/** What holds the context in which it is made; what looks for resources that are left over must not find it. */
export function newResource(): AsyncResource {
  const resource = new AsyncResource('BRIDGE_CONTEXT', LEFT_TO_COLLECTION)
  // Node gives the resource back, and Bun nothing.
  resource.emitDestroy()
  return resource
}

/**
 * Runs `fn` so that what it sets by `enterWith()` is not seen by what runs in the same context later: in a resource of its
 * own, where what is set would stay with the one that surrounds this.
 */
export function apart<R>(fn: () => R): R {
  return isMadeOfHooks && hasStorages() ? newResource().runInAsyncScope(fn) : fn()
}

/** The context in which it was made, as a place where other code begins, whose `enterWith()` changes nothing here. */
export class RootContext {
  /** With hooks the resource of what begins next. No code of a user's has run in it. */
  #next = newResource()

  run<R>(fn: () => R): R {
    if (!isMadeOfHooks) return this.#next.runInAsyncScope(fn)
    if (!hasStorages()) return fn()
    return this.#next.runInAsyncScope(() => {
      this.#next = newResource()
      return fn()
    })
  }
}

/** The context in which it was made, as that of code which runs in steps: what one of them sets, the next one sees. */
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
