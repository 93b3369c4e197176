import { isReady } from '../context/arrived.js'
import type { CarriedContext } from '../context/carried.js'
import { addCarrier } from '../context/carriers.js'
import { DeadlockError } from '../errors/errors.js'
import { LOADING, type Loading, type LoadingChain, loadingHere, loadings } from '../loading.js'
import { isMainThread } from '../node.js'

/*
 * A module that makes calls into itself while it is being loaded in a thread would make each thread start the next one.
 * The calls of its top level, awaited or not, therefore carry the list of modules that are being loaded above them, and
 * a thread that would have to load one of them for the third time refuses, even if the first load is over by then:
 * loading it once more would start the cycle again. The second time is allowed, since a module may check something
 * other than its thread, such as the environment, and call itself only once. The main thread records nothing: the first
 * worker thread does.
 */

const NONE: readonly string[] = []

/** How often a module may occur in the chain from itself to a thread that loads it. */
const MOST = 2

let isCarried = false

/** The modules that were being loaded above a received call; `undefined` if none was. */
function aboveOf(context: CarriedContext | undefined): readonly string[] | undefined {
  return context?.find(([carrier]) => carrier === LOADING)?.[2] as readonly string[] | undefined
}

/**
 * Runs a function that loads a module for a received call.
 *
 * @throws DeadlockError when the module is being loaded above the call.
 */
export function belowChain<R>(
  name: string,
  url: string,
  context: CarriedContext | undefined,
  load: () => R
): R {
  const above = aboveOf(context)
  return above === undefined ? load() : belowLoading(`${name}()`, url, above, load)
}

/**
 * The same for a module that a thread loads before it receives calls.
 *
 * @throws DeadlockError when the module is being loaded above.
 */
export function belowLoading<R>(where: string, url: string, above: readonly string[], load: () => R): R {
  if (above.filter(loading => loading === url).length >= MOST) {
    throw new DeadlockError(
      `${where}: it is called by the top level of ${url} itself, or of a module between, while that is loaded on another thread; ` +
        'each thread would start another one. Move the call into a function that is called later'
    )
  }
  carry()
  return loadings.chains.run({ elsewhere: above, here: [] }, load)
}

/** Records a received call that was made while a module was being loaded on another thread, until it has ended. */
export function trackArrived(context: CarriedContext | undefined, ended: unknown): void {
  if (context === undefined || isReady(context) || aboveOf(context) === undefined) return
  loadings.inUse++
  if (ended instanceof Promise) ended.then(leave, leave)
  else leave()
}

/** Runs a function that loads a module: the calls of the module's top level carry the module's URL. */
export async function whileLoading<T>(url: string, load: () => Promise<T>): Promise<T> {
  if (isMainThread) return load()
  const { loading, chain } = begin(url)
  try {
    return await loadings.chains.run(chain, load)
  } finally {
    loading.isOver = true
    leave()
  }
}

/** The same for a module that is loaded synchronously. */
export function whileLoadingSync<T>(url: string, load: () => T): T {
  if (isMainThread) return load()
  const { loading, chain } = begin(url)
  try {
    return loadings.chains.run(chain, load)
  } finally {
    loading.isOver = true
    leave()
  }
}

function begin(url: string): { loading: Loading; chain: LoadingChain } {
  carry()
  loadings.inUse++
  const loading = { url, isOver: false }
  const { elsewhere, here } = loadings.chains.getStore() ?? { elsewhere: NONE, here: [] }
  return { loading, chain: { elsewhere, here: [...here, loading] } }
}

function leave(): void {
  // An enabled storage slows down every promise of the thread.
  if (--loadings.inUse === 0) loadings.chains.disable()
}

function carry(): void {
  if (isCarried) return
  isCarried = true
  addCarrier({
    name: LOADING,
    module: undefined,
    capture: () => {
      const above = loadingHere()
      return above.length === 0 ? undefined : above
    },
    restore: (value, fn) =>
      loadings.chains.run({ elsewhere: (value ?? NONE) as readonly string[], here: [] }, fn)
  })
}
