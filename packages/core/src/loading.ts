import { AsyncLocalStorage } from 'node:async_hooks'
import { shared } from './shared.js'

/** The name under which a call carries the modules that were being loaded where it was made. */
export const LOADING = '@bridge/core/loading'

/** A module that is being loaded on this thread, by its URL. */
export interface Loading {
  readonly url: string
  isOver: boolean
}

/**
 * The modules that are being loaded above some code, the outermost first: on other threads, by URL only, and then on
 * this thread.
 */
export interface LoadingChain {
  readonly elsewhere: readonly string[]
  readonly here: readonly Loading[]
}

/** Shared by all copies of core on this thread, since each may load modules. */
export const loadings = shared(LOADING, () => ({
  chains: new AsyncLocalStorage<LoadingChain>(),
  /**
   * How many modules are being loaded, plus how many calls run that were made while a module was being loaded on
   * another thread.
   */
  inUse: 0
}))

/**
 * The URLs of the modules that are being loaded above this code; none on the main thread, which records none. Code that
 * a module started here while it was loaded may still run after that.
 */
export function loadingHere(): readonly string[] {
  const chain = loadings.chains.getStore()
  if (chain === undefined) return NONE
  return [...chain.elsewhere, ...chain.here.filter(({ isOver }) => !isOver).map(({ url }) => url)]
}

const NONE: readonly string[] = []
