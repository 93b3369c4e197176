import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { manifestOf } from '@bridge/core/internal'

/**
 * The location of this package. Separate from its use: bundlers that find a URL made from both in one expression treat
 * its target as a file of the bundle.
 */
const here: string | undefined = import.meta.url

const found = new Map<string, string>()

/** The path of a file of this package that a thread runs; `undefined` if a bundle includes the package without it. */
export function ownFile(name: 'thread.cjs' | 'loop.cjs' | 'watcher.cjs'): string | undefined {
  const known = found.get(name)
  // A file with that name next to a bundle is the user's.
  if (known !== undefined || here === undefined || manifestOf(here) === undefined) return known
  const path = join(dirname(fileURLToPath(here)), name)
  if (!existsSync(path)) return undefined
  found.set(name, path)
  return path
}
