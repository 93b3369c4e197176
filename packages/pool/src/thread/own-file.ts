import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { manifestOf } from '@bridge/core/internal'

/**
 * Where this package lies. Taken apart from its use: bundlers that meet a URL made of both in one place take what it names
 * for a file of the bundle.
 */
const here: string | undefined = import.meta.url

const found = new Map<string, string>()

/** The path of a file of this package that a thread runs; `undefined` where a bundle has taken in the package without it. */
export function ownFile(name: 'thread.cjs' | 'loop.cjs' | 'watcher.cjs'): string | undefined {
  const known = found.get(name)
  // Beside a bundle, a file of that name is the user's.
  if (known !== undefined || here === undefined || manifestOf(here) === undefined) return known
  const path = join(dirname(fileURLToPath(here)), name)
  if (!existsSync(path)) return undefined
  found.set(name, path)
  return path
}
