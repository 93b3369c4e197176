import { readFileSync } from 'node:fs'

/** An export named `then`, as far as the source text shows it. */
const THEN =
  /\bexport\s+(?:async\s+)?(?:function\s*\*?|const|let|var|class)\s+then\b|\bexport\s*\{[^}]*\bthen\s*[,}]|\bexports\.then\s*=/

/**
 * The exports of a module. `import()` and every `await` would treat a module that exports `then` as a promise: it is
 * imported by another module, and returned without its `then`, which no remote module has either.
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
    // The import will throw.
    return false
  }
}
