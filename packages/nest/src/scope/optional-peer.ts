import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/**
 * A package that an application has where it uses what that is for: it is loaded by then, and found by `require`, which
 * answers at once and which jest has, too. `undefined` where a bundle has taken it in.
 */
export function optionalPeer<T>(name: string, onLoad?: (peer: T) => void): () => T | undefined {
  let loaded: { readonly peer: T | undefined } | undefined
  return () => {
    if (loaded === undefined) {
      loaded = { peer: load<T>(name) }
      if (loaded.peer !== undefined) onLoad?.(loaded.peer)
    }
    return loaded.peer
  }
}

function load<T>(name: string): T | undefined {
  try {
    return require(name) as T
  } catch (error) {
    if ((error as { code?: unknown }).code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}
