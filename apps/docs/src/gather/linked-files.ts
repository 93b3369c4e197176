import { readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { base } from '../base.js'
import { folders } from '../folders.js'
import { codeOf } from './code.js'

/** Files that are shown as pages; others are served unchanged. */
const TEXTS = new Set(['.ts', '.js', '.mjs', '.cjs', '.json', '.md'])
/** The maximum length of a file's page. */
const LONGEST = 100_000

/** Files of the repository that pages link to and that are not on any page: the site includes them, too. */
export class LinkedFiles {
  /** Pages by their paths. */
  readonly pages = new Map<string, string>()
  /** Files that are served unchanged, by their paths in the repository. */
  readonly assets = new Set<string>()

  /** The text after the `](` of a link to a file, including its `)`. */
  linkTo(file: string): string {
    const isText = TEXTS.has(extname(file)) && readFileSync(join(folders.repository, file)).length < LONGEST
    if (!isText) {
      this.assets.add(file)
      // Images are handled by the bundler, which knows the base. For other files the site's router would look for a page.
      return /\.(png|svg)$/.test(file) ? `/files/${file})` : `${base}files/${file}){target="_blank"}`
    }
    const page = `source/${file}.md`
    this.pages.set(page, `---\nsearch: false\noutline: false\n---\n\n# ${file}\n\n${codeOf([file])}\n`)
    return `/${page})`
  }
}
