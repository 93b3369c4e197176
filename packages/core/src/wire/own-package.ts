import { readFileSync } from 'node:fs'

/** The manifest of the bridge package that a module belongs to; `undefined` if it was bundled into an application. */
export function manifestOf(moduleUrl: string | undefined): URL | undefined {
  if (moduleUrl === undefined) return undefined
  // An entry may be in a subfolder, such as dist/host.
  const candidates = ['../package.json', '../../package.json'].map(path => new URL(path, moduleUrl))
  return candidates.find(manifest => /"name": *"@bridge\//.test(textOf(manifest)))
}

function textOf(file: URL): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
