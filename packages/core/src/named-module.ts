import { existsSync } from 'node:fs'
import { refuse } from './check.js'
import { moduleUrl } from './module-url.js'
import type { ImportSyncOptions, KeepName } from './options.js'

/**
 * The arguments of an executor's `import()`: a module by its URL, or by an arrow function and the file that contains
 * it.
 */
export type ImportArguments =
  | readonly [url: URL | string, options?: ImportSyncOptions<KeepName>]
  | readonly [module: () => Promise<object>, from: URL | string, options?: ImportSyncOptions<KeepName>]

/** The URL of the module, and the options of its calls. */
export function importArguments(
  where: string,
  [module, second, third]: ImportArguments
): { url: string; options: ImportSyncOptions<KeepName> | undefined } {
  if (typeof module !== 'function') {
    return { url: moduleUrl(where, module), options: second as ImportSyncOptions<KeepName> | undefined }
  }
  const from = moduleUrl(where, second as URL | string, 'from')
  return { url: urlOf(where, module, from), options: third }
}

/**
 * The first call in a text whose only argument is a string: `import('./tasks.js')`, or what a compiler has made of it.
 */
const CALL = /\(\s*(?:\/\*.*?\*\/\s*)*(["'`])([^"'`\n]+)\1\s*\)/s

/**
 * The URL of the module that an arrow function imports, from its source text: it is not called, since that would load
 * the module here.
 */
function urlOf(where: string, arrow: () => Promise<object>, from: string): string {
  const text = Function.prototype.toString.call(arrow)
  const specifier = CALL.exec(text)?.[2]
  if (specifier === undefined || /__(webpack|rspack)_/.test(text)) {
    return refuse(
      where,
      "module must be an arrow function that imports a string, as in () => import('./tasks.js'); if a bundler leaves no " +
        "file of it, name the file that comes out: new URL('./tasks.js', import.meta.url)",
      text
    )
  }
  if (/^(file|data|node):/.test(specifier)) return specifier
  if (/^\.{1,2}\//.test(specifier)) return new URL(specifier, from).href
  if (specifier.startsWith('/')) return belowRoot(specifier, from)
  return refuse(
    where,
    `module must be a file: name a package by import.meta.resolve('${specifier}') or require.resolve('${specifier}')`,
    specifier
  )
}

/** A test runner names files relative to the root of the project, which is one of the folders above. */
function belowRoot(path: string, from: string): string {
  let folder = new URL('.', from)
  for (;;) {
    const url = new URL(`.${path}`, folder)
    if (isThere(url)) return url.href
    const above = new URL('..', folder)
    if (above.href === folder.href) return new URL(path, from).href
    folder = above
  }
}

/** A source may be named by the file that it is compiled to. */
function isThere(url: URL): boolean {
  return existsSync(url) || existsSync(new URL(url.href.replace(/\.([cm]?)js$/, '.$1ts')))
}
