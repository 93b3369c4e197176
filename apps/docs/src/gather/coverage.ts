import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { folders } from '../folders.js'
import { sectionsOf } from '../markdown/markdown.js'
import type { Places } from './places.js'

/** The documents that must be on the site completely: the READMEs of packages, applications and examples. */
function documents(): string[] {
  const readmes = ['packages', 'apps', 'examples'].flatMap(folder =>
    readdirSync(join(folders.repository, folder)).map(name => `${folder}/${name}/README.md`)
  )
  const docs = readdirSync(join(folders.repository, 'docs')).map(name => `docs/${name}`)
  return ['README.md', 'CONTRIBUTING.md', 'examples/README.md', ...readmes, ...docs].filter(
    file => file.endsWith('.md') && existsSync(join(folders.repository, file))
  )
}

/** Sections of these documents that no page includes. */
export function missingSections(places: Places): string[] {
  return documents().flatMap(file => {
    const sections = sectionsOf(readFileSync(join(folders.repository, file), 'utf8').split('\n'))
    const anchors = sections.filter(({ level }) => level === 2).map(({ anchor }) => anchor)
    return ['top', ...anchors]
      .filter(anchor => places.find(file, anchor) === undefined)
      .map(anchor => `${file}#${anchor}`)
  })
}
