import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { folders } from '../folders.js'
import { insideOfCode, type Section, sectionsOf } from '../markdown/markdown.js'
import { borrowedFiles } from './borrowed-files.js'
import { codeOf, withCode } from './code.js'
import { type Directive, directiveOf, type Include } from './directives.js'
import { PageAnchors } from './page-anchors.js'
import type { Places } from './places.js'
import { tablesOf } from './tables.js'

/** A part of a page, and the file to which its links are relative; none for the page's own text. */
export interface Part {
  readonly text: string
  readonly from: string | undefined
}

const read = (file: string): string => readFileSync(join(folders.repository, file), 'utf8')

/**
 * A page with the contents of its directives.
 *
 * @param page The page's path in the site, such as `guides/calls.md`.
 * @throws when a directive names something that does not exist.
 */
export function expandPage(page: string, text: string, places: Places): Part[] {
  const site: Site = { page, places, anchors: new PageAnchors(), mentioned: new Set() }
  const lines = text.split('\n')
  const isCode = insideOfCode(lines)
  return lines.map((line, n) => {
    const directive = directiveOf(line)
    if (directive !== undefined) return expand(directive, site)
    const title = isCode[n] ? undefined : /^#{1,6} (.*)$/.exec(line)?.[1]
    if (title !== undefined) site.anchors.next(title)
    return { text: line, from: undefined }
  })
}

/** The position on the site of an included part. */
interface Site {
  readonly page: string
  readonly places: Places
  readonly anchors: PageAnchors
  /** The files of other pages that the page has mentioned already. */
  readonly mentioned: Set<string>
}

function expand(directive: Directive, site: Site): Part {
  switch (directive.kind) {
    case 'include':
      return { text: included(directive, site), from: directive.file }
    case 'code':
      return { text: codeOf(directive.files), from: undefined }
    case 'example': {
      const file = `examples/${directive.name}/README.md`
      const whole = {
        kind: 'include',
        file,
        anchor: undefined,
        as: undefined,
        except: [],
        isOptional: false
      } as const
      return { text: withCode(included(whole, site), dirname(file)), from: file }
    }
    case 'benchmark':
      return { text: tablesOf(directive.file), from: undefined }
  }
}

/** Tables that the page generates itself, from the report. */
const GENERATED = /<!-- bench:start -->[\s\S]*<!-- bench:end -->/

function included(directive: Include, site: Site): string {
  const { page, places, anchors } = site
  const { file, anchor, as, except, isOptional } = directive
  if (isOptional && !existsSync(join(folders.repository, file))) return ''
  const lines = read(file).split('\n')
  const sections = sectionsOf(lines)
  const { begin, end } = rangeOf(directive, lines, sections)
  const left = except.map(name => found(sections, name, file))
  const isLeft = (line: number) => left.some(section => section.begin <= line && line < section.end)
  if (anchor === undefined || anchor === 'top') places.add(file, 'top', page, '')
  for (const section of sections) {
    if (section.level === 1 || section.begin < begin || section.begin >= end || isLeft(section.begin))
      continue
    const title = section.begin === begin && as !== undefined ? as : section.title
    places.add(file, section.anchor, page, anchors.next(title))
  }
  const text = lines.slice(begin, end).filter((_, n) => !isLeft(begin + n))
  if (as !== undefined) {
    const level = /^#+/.exec(text[0] ?? '')?.[0]
    if (level === undefined) throw new Error(`${file}#${anchor} has no heading that "${as}" could replace`)
    text[0] = `${level} ${as}`
  }
  const borrowed = borrowedFiles(lines, sections, { begin, end })
  return `${text.join('\n').replace(GENERATED, '').trim()}\n\n${mentionedFiles(file, borrowed, site)}`.trim()
}

/** Links to files that code blocks import and another page has, each once on a page. */
function mentionedFiles(
  file: string,
  borrowed: Map<string, Section>,
  { page, places, mentioned }: Site
): string {
  const elsewhere = [...borrowed].filter(
    ([name, { anchor }]) => !mentioned.has(name) && !places.find(file, anchor)?.startsWith(`/${page}`)
  )
  if (elsewhere.length === 0) return ''
  for (const [name] of elsewhere) mentioned.add(name)
  const texts = elsewhere.map(([name, { title, anchor }]) => `\`${name}\` is that of [${title}](#${anchor})`)
  return `::: info Files of another page\n${texts.join('; ')}.\n:::`
}

function rangeOf({ file, anchor }: Include, lines: string[], sections: Section[]) {
  const title = sections.find(({ level }) => level === 1)
  const afterTitle = title === undefined ? 0 : title.begin + 1
  if (anchor === undefined) return { begin: afterTitle, end: lines.length }
  if (anchor !== 'top') return found(sections, anchor, file)
  return { begin: afterTitle, end: sections.find(({ level }) => level === 2)?.begin ?? lines.length }
}

function found(sections: Section[], anchor: string, file: string): Section {
  const section = sections.find(one => one.anchor === anchor)
  if (section === undefined) throw new Error(`${file} has no section #${anchor}`)
  return section
}
