import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { WorkerLostError } from '@bridge/core'

const found = new Map<string, string>()

/**
 * The path of a file of this package that a thread runs. It is looked for before a thread is started: a worker whose
 * file is missing tells nobody who is blocked.
 *
 * @throws WorkerLostError when it is not there, as in a bundle that has taken in this package without its files.
 */
export function ownFile(name: 'thread.cjs' | 'loop.cjs' | 'watcher.cjs'): string {
  const known = found.get(name)
  if (known !== undefined) return known
  const path = fileURLToPath(new URL(`./${name}`, import.meta.url))
  if (!existsSync(path)) {
    throw new WorkerLostError(
      `${path} is missing, which the threads need; keep @bridge/pool outside of the bundle, or copy its files thread.cjs, ` +
        'loop.cjs and watcher.cjs there'
    )
  }
  found.set(name, path)
  return path
}
