import { createRequire, isBuiltin } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { GlobalShim } from '../../synckit/options.js'

/** Imports the modules that workers expect, one after the other, resolved from a file of theirs. */
export async function loadShims(shims: readonly GlobalShim[], file: string): Promise<void> {
  for (const shim of shims) await load(shim, file)
}

async function load({ moduleName, globalName, named, conditional }: GlobalShim, file: string): Promise<void> {
  const globals = globalThis as Record<string, unknown>
  if (globalName !== undefined && conditional !== false && globals[globalName]) return
  const place = placeOf(moduleName, file)
  if (place === undefined) return
  const module = (await import(place)) as Record<string, unknown>
  if (globalName === undefined) return
  const name = named?.trim() || 'default'
  globals[globalName] = named === null ? module : (module[name] ?? Object(module.default)[name])
}

/** `undefined` if it is not installed. */
function placeOf(name: string, file: string): string | undefined {
  if (isBuiltin(name)) return name
  try {
    return pathToFileURL(createRequire(file).resolve(name)).href
  } catch {
    return undefined
  }
}
