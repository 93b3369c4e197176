import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/**
 * A package that is installed if the application uses that feature: then it is loaded already, and `require` returns it,
 * which is synchronous and works in jest, too. `undefined` if a bundle contains the package.
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
