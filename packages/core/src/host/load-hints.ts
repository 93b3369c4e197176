import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { fileURLToPath } from '../node.js'

/** A hint for a module of tasks that could not be loaded, if the cause can be guessed. */
export function hintFor(url: string, error: unknown): string {
  if (isAsset(url)) return ASSET_HINT
  if (/\.[cm]?tsx?$/.test(url) && /does not provide an export named/.test(String(error))) {
    return '\nIf that is a type, write: import type'
  }
  return nearby(url)
}

/**
 * Whether it has the name that webpack and rspack give to a file that they copy unchanged: they treat `new
 * URL('./tasks.js', …)` as an asset.
 */
export function isAsset(url: string): boolean {
  return /\/[0-9a-f]{16,20}\.[cm]?[jt]s$/.test(url)
}

const ASSET_HINT =
  '\nA bundler has copied this file as an asset instead of building it: make the module a separate entry, and name it by ' +
  "new URL(/* webpackIgnore: true */ './tasks.js', import.meta.url), or in CommonJS by path.join(__dirname, 'tasks.js')"

/** Files with the same name and another extension, when the file itself is missing. */
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
