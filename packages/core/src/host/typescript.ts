import { existsSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { TaskNotFoundError } from '../errors/errors.js'

/** Whether a module is TypeScript, which Node can't import everywhere. */
export function needsTypeScript(url: string): boolean {
  return url.startsWith('file:') && /\.[cm]?tsx?$/.test(new URL(url).pathname)
}

/**
 * The module that a URL means: TypeScript's convention is to write './x.js' also where only './x.ts' is there, because
 * tsx or Node itself runs the sources.
 */
export function sourceOf(url: string): string {
  const source = url.replace(/\.([cm]?)js(?=$|[?#])/, '.$1ts')
  if (source === url || !url.startsWith('file:') || existsSync(new URL(url))) return url
  return existsSync(new URL(source)) ? source : url
}

type Resolve = (specifier: string, context: unknown) => object

// Every Node that strips types by itself has it; the types of the oldest one that we support do not.
const { registerHooks } = module as {
  registerHooks?(hooks: { resolve(specifier: string, context: unknown, next: Resolve): object }): void
}

let isHooked = false

/** Node looks for a file as it is written; the same convention holds for what the module imports. */
function resolveSource(specifier: string, context: unknown, next: Resolve): object {
  try {
    return next(specifier, context)
  } catch (error) {
    const isMissing = /MODULE_NOT_FOUND$/.test((error as NodeJS.ErrnoException).code ?? '')
    if (!isMissing || !/^([./]|file:).*\.[cm]?js$/.test(specifier)) throw error
    return next(specifier.replace(/js$/, 'ts'), context)
  }
}

/**
 * Imports a TypeScript module: by Node's own type stripping where it is there, else through the user's tsx.
 *
 * @throws TaskNotFoundError when neither is there; the message names both ways out.
 */
export async function importTypeScript(url: string): Promise<object> {
  if ((process.features as { typescript?: string | false }).typescript && registerHooks !== undefined) {
    if (!isHooked) {
      isHooked = true
      registerHooks({ resolve: resolveSource })
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
