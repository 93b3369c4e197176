import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { withDrawings } from '../drawing/sequence.js'
import { folders } from '../folders.js'
import { writeApi } from './api.js'
import { missingSections } from './coverage.js'
import { expandPage, type Part } from './expand.js'
import { LinkedFiles } from './linked-files.js'
import { Links } from './links.js'
import { Places } from './places.js'
import { sidebarOf } from './sidebar.js'

/**
 * Generates the whole input folder of VitePress.
 *
 * @throws when a page includes something that does not exist or that another page has, when a link leads nowhere, and when a
 * section of a README is not on any page.
 */
export async function gather(): Promise<void> {
  rmSync(folders.gathered, { recursive: true, force: true })
  mkdirSync(folders.gathered, { recursive: true })
  await writeApi(folders.gathered)
  gatherPages()
}

/** The same without the API pages, which are kept: fast, for changes of a page. */
export function gatherPages(): void {
  const places = new Places()
  const files = new LinkedFiles()
  const expanded = new Map<string, Part[]>()
  for (const page of pageNames()) {
    expanded.set(page, expandPage(page, readFileSync(join(folders.pages, page), 'utf8'), places))
  }
  const missing = missingSections(places)
  if (missing.length > 0) throw new Error(`on no page:\n  ${missing.join('\n  ')}`)

  const links = new Links(places, files)
  const pages = new Map<string, string>()
  for (const [page, parts] of expanded) {
    pages.set(page, withDrawings(parts.map(part => links.rewrite(part)).join('\n')))
  }
  for (const [page, text] of [...pages, ...files.pages]) write(page, text)
  for (const file of files.assets) copy(join(folders.repository, file), `public/files/${file}`)
  writeSettings(pages)
}

function pageNames(): string[] {
  return readdirSync(folders.pages, { recursive: true, encoding: 'utf8' }).filter(name =>
    name.endsWith('.md')
  )
}

function writeSettings(pages: ReadonlyMap<string, string>): void {
  write('.vitepress/sidebar.json', JSON.stringify(sidebarOf(pages, folders.gathered), null, 2))
  write('.vitepress/config.mjs', "export { default } from '../../dist/config.js'\n")
  for (const name of readdirSync(folders.theme)) {
    copy(join(folders.theme, name), name.endsWith('.svg') ? `public/${name}` : `.vitepress/theme/${name}`)
  }
}

/** Writes only changed files, because VitePress reloads files that were written. */
function write(path: string, text: string): void {
  const file = join(folders.gathered, path)
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

function copy(from: string, to: string): void {
  cpSync(from, join(folders.gathered, to))
}
