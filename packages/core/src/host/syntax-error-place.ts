import { pathToFileURL } from 'node:url'

/**
 * Parses an ES module and the modules that it statically imports, and lets the first that can't be parsed end the
 * process: Node then prints its file, line and source text, and reports them in no other way. No module is run.
 */
const PARSE = `
import { readFileSync } from 'node:fs'
import { SourceTextModule } from 'node:vm'
const seen = new Set()
const isModule = url => {
  if (/\\.mjs$/.test(url.pathname)) return true
  if (!/\\.js$/.test(url.pathname)) return false
  for (let folder = new URL('.', url); ; folder = new URL('..', folder)) {
    try {
      return JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')).type === 'module'
    } catch {}
    if (folder.pathname === '/' || folder.href === new URL('..', folder).href) return false
  }
}
const parse = href => {
  if (seen.has(href) || !href.startsWith('file:')) return
  seen.add(href)
  const url = new URL(href)
  if (!isModule(url)) return
  let text
  try {
    text = readFileSync(url, 'utf8')
  } catch {
    return
  }
  const { dependencySpecifiers } = new SourceTextModule(text, { identifier: href })
  const later = [...text.matchAll(/\\bimport\\(\\s*(['"])([^'"\\n]+)\\1\\s*\\)/g)].map(([, , specifier]) => specifier)
  for (const found of [...dependencySpecifiers, ...later].map(specifier => resolved(specifier, href))) parse(found)
}
const resolved = (specifier, parent) => {
  try {
    return import.meta.resolve(specifier, parent)
  } catch {
    return ''
  }
}
parse(process.argv[1])
`

const FLAGS = ['--experimental-vm-modules', '--experimental-import-meta-resolve', '--input-type=module']

/**
 * The place at which the text of a module, or of one that it imports, could not be parsed, formatted to be appended to
 * the error's message; empty if it is not known. Node keeps the place to itself, so this starts a process, only when a
 * program is broken.
 */
export async function syntaxErrorPlace(url: string, error: unknown): Promise<string> {
  if (!(error instanceof Error) || error.name !== 'SyntaxError' || !url.startsWith('file:')) return ''
  const { stack = '' } = error
  const inStack = placeIn(stack)
  if (inStack !== '') return inStack
  // A SyntaxError that the module itself throws comes from a frame of its own.
  if (!/^\s+at .*node:internal\/(modules|vm)/m.test(/^\s+at .*$/m.exec(stack)?.[0] ?? '')) return ''
  if (process.versions.bun !== undefined || 'Deno' in globalThis) return ''
  const key = `${url} ${error.message}`
  const known = places.get(key)
  if (known !== undefined) return known
  if (places.size === MOST_PLACES) places.clear()
  const place = await parse(url)
  places.set(key, place)
  return place
}

/** The places found so far, for modules that are requested repeatedly. */
const places = new Map<string, string>()
const MOST_PLACES = 100

async function parse(url: string): Promise<string> {
  try {
    const { spawnSync } = await import('node:child_process')
    const { stderr } = spawnSync(process.execPath, [...FLAGS, '--eval', PARSE, url], {
      encoding: 'utf8',
      timeout: 10_000,
      env: { ...process.env, NODE_OPTIONS: '' }
    })
    return placeIn(stderr)
  } catch {
    // No process may be started here.
    return ''
  }
}

/** What precedes the error itself: the file with its line, the text of the line, and usually a mark below it. */
const PLACE = /^((?:file:|\/|[A-Za-z]:\\).*:\d+)\n([\s\S]*?)\s*\n(?:\w*Error\b|\s+at )/m

function placeIn(text: string): string {
  const found = PLACE.exec(text)
  if (found === null) return ''
  const [, file = '', excerpt = ''] = found
  const place = file.startsWith('file:') ? file : pathToFileURL(file).href
  return `\n${place}\n${excerpt}`
}
