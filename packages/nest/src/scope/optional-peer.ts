import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/**
 * A package that an application has where it uses what that is for. It is loaded by then, and by `require`, which is
 * there at once, and which jest has too.
 */
export function optionalPeer<T>(name: string): () => T {
  let loaded: T | undefined
  return () => {
    loaded ??= require(name) as T
    return loaded
  }
}
