import type { RetiredWord } from './retired-words.js'

/** `phrases` ignore case, `identifiers` do not. */
export function expressionOf({ pattern }: RetiredWord, flags: string): RegExp {
  // A phrase may continue after a line break, where the next line of a comment begins with its mark.
  const source = pattern.replaceAll(/(?<!\[[^\]]*) /g, String.raw`\s+(?:(?:\*|//|#)\s+)?`)
  return new RegExp(String.raw`(?<![\w$])(?:${source})(?![\w$])`, `gm${flags}`)
}

/** Each place in `text` with a retired word, as `line: the word → what to write`. */
export function findWords(text: string, words: readonly RetiredWord[], flags = ''): string[] {
  return words.flatMap(word =>
    [...text.matchAll(expressionOf(word, flags))].map(found => {
      const line = text.slice(0, found.index).split('\n').length
      return `${line}: "${found[0].replaceAll(/\s+/g, ' ')}" → ${word.use}`
    })
  )
}
