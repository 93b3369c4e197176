import { existsSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { folders } from '../folders.js'
import { mapProse } from '../markdown/markdown.js'
import { pathInRepository } from '../repository.js'
import type { Part } from './expand.js'
import type { LinkedFiles } from './linked-files.js'
import type { Places } from './places.js'

/** Rewrites links to files of the repository into links to their position on the site. */
export class Links {
  readonly #places: Places
  readonly #files: LinkedFiles

  constructor(places: Places, files: LinkedFiles) {
    this.#places = places
    this.#files = files
  }

  /** @throws when the target of a link does not exist. */
  rewrite({ text, from }: Part): string {
    return mapProse(text, prose =>
      prose.replaceAll(/\]\((?<link>[^)\s]+)\)/g, (_, link) => `](${this.#of(link, from)}`)
    )
  }

  /** The text after `](`, including its `)`. */
  #of(link: string, from: string | undefined): string {
    const inRepository = /^repo:(.*)$/.exec(link)?.[1] ?? pathInRepository(link)
    if (inRepository !== undefined) return this.#target(inRepository, '', link)
    if (from === undefined || /^\w+:/.test(link)) return `${link})`
    return this.#target(link, from, link)
  }

  #target(link: string, from: string, written: string): string {
    const [path = '', anchor] = link.split('#')
    const file = this.#fileOf(path === '' ? from : posix.join(posix.dirname(from), path))
    const place =
      this.#places.find(file, anchor) ?? (anchor === undefined ? undefined : this.#places.find(file))
    if (place !== undefined) return `${place})`
    if (!existsSync(join(folders.repository, file)))
      throw new Error(`${from || 'a page'}: ${written} leads nowhere`)
    return this.#files.linkTo(file)
  }

  /** A link to a folder leads to its README. */
  #fileOf(path: string): string {
    const plain = path.replace(/\/$/, '')
    const whole = join(folders.repository, plain)
    return existsSync(whole) && statSync(whole).isDirectory() ? posix.join(plain, 'README.md') : plain
  }
}
