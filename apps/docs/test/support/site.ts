import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { folders } from '../../src/folders.js'

/** The folder that a file server serves; it is built before the tests, as all that tests look at is. */
export const site = folders.site

if (!existsSync(join(site, 'index.html'))) throw new Error('there is no site: pnpm docs:build')

/** A page as it was built. */
export interface BuiltPage {
  /** Its path below the site. */
  readonly path: string
  readonly html: string
}

export const builtPages: readonly BuiltPage[] = readdirSync(site, { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.html') && !path.startsWith('files'))
  .map(path => ({ path, html: readFileSync(join(site, path), 'utf8') }))

/** What the links and sources of a page name. */
export function namedBy({ html }: BuiltPage): string[] {
  return [...html.matchAll(/\s(?:href|src)="(?<name>[^"]*)"/g)].map(([, name = '']) =>
    name.replaceAll('&amp;', '&')
  )
}

/** The anchors of a page. */
export function anchorsOf({ html }: BuiltPage): Set<string> {
  return new Set([...html.matchAll(/\sid="(?<id>[^"]+)"/g)].map(([, id = '']) => id))
}
