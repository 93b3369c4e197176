import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const NONE: readonly string[] = []

/**
 * The flags by which a thread finds the packages of ES modules if Yarn's Plug'n'Play was preloaded only for CommonJS
 * (`--require ./.pnp.cjs`): its loader is next to the preloaded file.
 */
export function plugAndPlay(execArgv: readonly string[]): readonly string[] {
  if (process.versions.pnp === undefined) return NONE
  const flags = [...execArgv, process.env.NODE_OPTIONS ?? '']
  if (flags.some(flag => flag.includes('.pnp.loader.mjs'))) return NONE
  const loader = loaderOf()
  if (loader === undefined) return NONE
  const source = `import { register } from 'node:module'; register(${JSON.stringify(loader)})`
  return ['--import', `data:text/javascript,${encodeURIComponent(source)}`]
}

function loaderOf(): string | undefined {
  try {
    const pnp = createRequire(resolve('main.js')).resolve('pnpapi')
    const path = join(pnp, '..', '.pnp.loader.mjs')
    return existsSync(path) ? pathToFileURL(path).href : undefined
  } catch {
    return undefined
  }
}
