import { readFileSync } from 'node:fs'

/** An export of that name, as far as the text of a module shows it. */
const THEN =
  /\bexport\s+(?:async\s+)?(?:function\s*\*?|const|let|var|class)\s+then\b|\bexport\s*\{[^}]*\bthen\s*[,}]|\bexports\.then\s*=/

/**
 * What a module exports. One that exports a `then` would be taken for a promise by `import()`, and by all that awaits what
 * that gives: it is imported by another module, and given without its `then`, which no remote module has either.
 */
export async function importNamespace(url: string): Promise<object> {
  if (!exportsThen(url)) return (await import(/* webpackIgnore: true */ url)) as object
  const source = `import * as module from ${JSON.stringify(url)}; export const exported = () => module`
  const wrapper = `data:text/javascript,${encodeURIComponent(source)}`
  const { exported } = (await import(/* webpackIgnore: true */ wrapper)) as { exported: () => object }
  const { then: _, ...others } = exported() as Record<string, unknown>
  return others
}

function exportsThen(url: string): boolean {
  if (!url.startsWith('file:')) return false
  try {
    return THEN.test(readFileSync(new URL(url), 'utf8'))
  } catch {
    // Importing it will tell.
    return false
  }
}
