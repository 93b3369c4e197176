import type { CarriedContext } from '../context/carried.js'
import { addCarrier } from '../context/carriers.js'
import { DeadlockError } from '../errors/errors.js'
import { LOADING, type Loading, type LoadingChain, loadingHere, loadings } from '../loading.js'
import { isMainThread } from '../node.js'

/*
 * A module that calls itself in a thread while it is being loaded would have each thread start the next one. What its top
 * level calls, awaited or not, therefore carries on which modules are being loaded above, and a thread that would have to
 * load one of them for the third time refuses, also when that is over where it began: to load it once more would begin all
 * of it again. The second time is allowed, since a module may look at something else than the thread it is on, such as the
 * environment, and call itself only once. On the main thread nothing is noted: the first thread notes it.
 */

const NONE: readonly string[] = []

/** How often a module may be on the way from itself to a thread that loads it. */
const MOST = 2

let isCarried = false

/** The modules that were being loaded above a call that has arrived; `undefined` where none was. */
function aboveOf(context: CarriedContext | undefined): readonly string[] | undefined {
  return context?.find(([carrier]) => carrier === LOADING)?.[2] as readonly string[] | undefined
}

/**
 * Runs what loads a module for a call that has arrived.
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
 * The same of a module that a thread loads before it takes calls.
 *
 * @throws DeadlockError when the module is being loaded above.
 */
export function belowLoading<R>(where: string, url: string, above: readonly string[], load: () => R): R {
  if (above.filter(loading => loading === url).length >= MOST) {
    throw new DeadlockError(
      `${where}: what calls it is the top level of ${url} itself, or of a module between, while that is loaded elsewhere; ` +
        'each thread would start another one. Move that call into a function that is called later'
    )
  }
  carry()
  return loadings.chains.run({ elsewhere: above, here: [] }, load)
}

/** Notes a call that has arrived, and was made while a module was being loaded elsewhere, until it has ended. */
export function noteArrived(context: CarriedContext | undefined, ended: unknown): void {
  if (aboveOf(context) === undefined) return
  loadings.inUse++
  if (ended instanceof Promise) ended.then(leave, leave)
  else leave()
}

/** Runs what loads a module: what its top level calls carries on that it is being loaded. */
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

/** The same for a module that is loaded at once. */
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
  // A storage that is in use costs every promise of the thread.
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
