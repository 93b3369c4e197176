import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { fileURLToPath } from '../node.js'

/** What to write where a module of tasks could not be loaded, if that can be guessed. */
export function hintFor(url: string, error: unknown): string {
  if (isAsset(url)) return ASSET_HINT
  if (/\.[cm]?tsx?$/.test(url) && /does not provide an export named/.test(String(error))) {
    return '\nWhere that is a type, write: import type'
  }
  return nearby(url)
}

/** Whether it has the name that webpack and rspack give to a file that they copy as it is: they take `new URL('./tasks.js', …)` for an asset. */
export function isAsset(url: string): boolean {
  return /\/[0-9a-f]{16,20}\.[cm]?[jt]s$/.test(url)
}

const ASSET_HINT =
  '\nA bundler has copied this file as an asset, and not built it: make the module an entry of its own, and name it by ' +
  "new URL(/* webpackIgnore: true */ './tasks.js', import.meta.url), or in CommonJS by path.join(__dirname, 'tasks.js')"

/** Files of the same name and another extension, where the file itself is missing. */
function nearby(url: string): string {
  try {
    const path = fileURLToPath(url)
    if (existsSync(path)) return ''
    const stem = (name: string): string => name.replace(/\.[^.]*$/, '')
    const found = readdirSync(dirname(path)).filter(name => stem(name) === stem(basename(path)))
    return found.length === 0 ? '' : `; there is ${found.join(', ')}`
  } catch {
    return ''
  }
}
