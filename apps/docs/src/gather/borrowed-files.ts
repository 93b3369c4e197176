import { insideOfCode, type Section } from '../markdown/markdown.js'

/** The lines of a document that a page includes. */
interface Range {
  readonly begin: number
  readonly end: number
}

/**
 * In a README a code block may import a file from a block of another section: `./tasks.mjs`, which begins with
 * `// tasks.mjs`. Returns the names of such files, with the sections that define them.
 */
export function borrowedFiles(
  lines: readonly string[],
  sections: readonly Section[],
  { begin, end }: Range
): Map<string, Section> {
  const isCode = insideOfCode(lines)
  const isMadeHere = new Set<string>()
  const borrowed = new Map<string, Section>()
  for (let n = begin; n < end; n++) {
    const line = lines[n] ?? ''
    if (!isCode[n]) continue
    const made = madeBy(line)
    if (made !== undefined) isMadeHere.add(made)
    for (const [, name = ''] of line.matchAll(/'\.\/([\w.-]+\.[cm]?js)'/g)) {
      const section = makerOf(name, lines, sections, n)
      if (section !== undefined && !isMadeHere.has(name) && section.begin < begin) borrowed.set(name, section)
    }
  }
  return borrowed
}

/** The file name of the block that begins with this line. */
function madeBy(line: string): string | undefined {
  return /^\/\/ ([\w.-]+\.[cm]?[jt]s)$/.exec(line)?.[1]?.replace(/ts$/, 'js')
}

/** The section of the last block above a line that defines this file. */
function makerOf(
  name: string,
  lines: readonly string[],
  sections: readonly Section[],
  before: number
): Section | undefined {
  for (let n = before - 1; n >= 0; n--) {
    if (madeBy(lines[n] ?? '') === name) {
      return sections.findLast(section => section.level > 1 && section.begin < n && n < section.end)
    }
  }
  return undefined
}
