import { readFileSync } from 'node:fs'

/** The manifest of the package of ours that a module belongs to; `undefined` where it was bundled into an application. */
export function manifestOf(moduleUrl: string | undefined): URL | undefined {
  if (moduleUrl === undefined) return undefined
  // An entry may lie in a folder of its own, such as dist/host.
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
