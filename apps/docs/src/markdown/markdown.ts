import { slug } from './slug.js'

/** A heading with everything below it, by line numbers: `begin` is the line of the heading, `end` the line after the last. */
export interface Section {
  readonly level: number
  readonly title: string
  readonly anchor: string
  readonly begin: number
  readonly end: number
}

/** Whether each line is in a code block, including its fences. */
export function insideOfCode(lines: readonly string[]): boolean[] {
  let fence: string | undefined
  return lines.map(line => {
    const mark = /^\s*(`{3,}|~{3,})/.exec(line)?.[1]
    if (fence === undefined) {
      fence = mark
      return mark !== undefined
    }
    if (mark?.startsWith(fence) && line.trim() === mark) fence = undefined
    return true
  })
}

/** The sections of a page in order; those of a lower level are inside those of a higher one. */
export function sectionsOf(lines: readonly string[]): Section[] {
  const isCode = insideOfCode(lines)
  const headings = lines.flatMap((line, begin) => {
    const [, marks, title] = (!isCode[begin] && /^(#{1,6}) (.*)$/.exec(line)) || []
    return marks === undefined || title === undefined ? [] : [{ level: marks.length, title, begin }]
  })
  return headings.map(({ level, title, begin }, n) => {
    const next = headings.slice(n + 1).find(heading => heading.level <= level)
    return { level, title, anchor: slug(title), begin, end: next?.begin ?? lines.length }
  })
}

/** Changes the text outside of code blocks and code spans. */
export function mapProse(text: string, change: (prose: string) => string): string {
  const lines = text.split('\n')
  const isCode = insideOfCode(lines)
  return lines
    .map((line, n) =>
      isCode[n]
        ? line
        : line
            .split(/(`+[^`]+`+)/)
            .map((part, m) => (m % 2 === 0 ? change(part) : part))
            .join('')
    )
    .join('\n')
}
