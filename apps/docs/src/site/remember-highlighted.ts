import type { MarkdownRenderer } from 'vitepress'

type Highlight = NonNullable<MarkdownRenderer['options']['highlight']>

const highlighted = new Map<string, ReturnType<Highlight>>()

/**
 * Highlights each code block once: VitePress renders every page three times, for the browser, for the files and for the
 * search, and most of the time is highlighting.
 */
export function rememberHighlighted(renderer: MarkdownRenderer): void {
  const highlight = renderer.options.highlight
  if (highlight === null || highlight === undefined) return
  renderer.options.highlight = (code, language, attributes) => {
    const key = `${language}\n${attributes}\n${code}`
    const known = highlighted.get(key) ?? highlight(code, language, attributes)
    highlighted.set(key, known)
    return known
  }
}
