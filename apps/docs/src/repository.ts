import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { folders } from './folders.js'

const { repository } = JSON.parse(readFileSync(join(folders.repository, 'package.json'), 'utf8'))

/** The web address of the repository's files, with which links of published READMEs begin. */
const files = `${repository.url.replace(/^git\+|\.git$/g, '')}/blob/main/`

/** The path and anchor of a web link to a file of this repository; `undefined` for all other links. */
export function pathInRepository(link: string): string | undefined {
  return link.startsWith(files) ? link.slice(files.length) : undefined
}
