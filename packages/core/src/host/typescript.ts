import { createRequire, register } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { TaskNotFoundError } from '../errors/errors.js'

/** Whether a module is TypeScript, which Node can't import everywhere. */
export function needsTypeScript(url: string): boolean {
  return url.startsWith('file:') && /\.[cm]?tsx?$/.test(new URL(url).pathname)
}

let isHooked = false

/**
 * Imports a TypeScript module: by Node's own type stripping where it is there, else through the user's tsx.
 *
 * @throws TaskNotFoundError when neither is there; the message names both ways out.
 */
export async function importTypeScript(url: string): Promise<object> {
  if ((process.features as { typescript?: string | false }).typescript) {
    if (!isHooked) {
      isHooked = true
      register(RESOLVE_TS)
    }
    return (await import(url)) as object
  }
  const tsx = resolveTsx(url)
  if (tsx === undefined) {
    throw new TaskNotFoundError(
      `${url} is TypeScript, which Node ${process.versions.node} can't import by itself: install tsx beside it, or ` +
        'run on Node 22.18 or newer (or import the compiled .js)'
    )
  }
  const { tsImport } = (await import(tsx)) as { tsImport(url: string, parent: string): Promise<object> }
  return tsImport(url, url)
}

function resolveTsx(url: string): string | undefined {
  try {
    // What require finds is tsx's CommonJS build, which can't import; its ES module lies beside it.
    const found = createRequire(fileURLToPath(url)).resolve('tsx/esm/api')
    return pathToFileURL(found.replace(/\.cjs$/, '.mjs')).href
  } catch {
    return undefined
  }
}

// TypeScript's convention is to write './x.js' for './x.ts'; Node looks for the file as it is written.
const RESOLVE_TS = `data:text/javascript,${encodeURIComponent(`
export async function resolve(specifier, context, next) {
  try {
    return await next(specifier, context)
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !/^[./]|^file:/.test(specifier) || !/\\.[cm]?js$/.test(specifier)) throw error
    return next(specifier.replace(/js$/, 'ts'), context)
  }
}`)}`
