import { AsyncLocalStorage } from 'node:async_hooks'
import { shared } from './shared.js'

/** Names what a call carries that was made while a module was being loaded. */
export const LOADING = '@bridge/core/loading'

/** A module that is being loaded on this thread, by its URL. */
export interface Loading {
  readonly url: string
  isOver: boolean
}

/** What is being loaded above some code, the outermost first: elsewhere, by URLs alone, and then on this thread. */
export interface LoadingChain {
  readonly elsewhere: readonly string[]
  readonly here: readonly Loading[]
}

/** What all copies of core on this thread share, since each may load modules. */
export const loadings = shared(LOADING, () => ({
  chains: new AsyncLocalStorage<LoadingChain>(),
  /** How many modules are being loaded, and how many calls run that were made while one was being loaded elsewhere. */
  inUse: 0
}))

/**
 * The URLs of the modules that are being loaded above this code; none on the main thread, which notes none. Code that a
 * module here began while it was loaded may run on when it has been.
 */
export function loadingHere(): readonly string[] {
  const chain = loadings.chains.getStore()
  if (chain === undefined) return NONE
  return [...chain.elsewhere, ...chain.here.filter(({ isOver }) => !isOver).map(({ url }) => url)]
}

const NONE: readonly string[] = []
