import { readFileSync } from 'node:fs'
import module from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { TaskNotFoundError } from '../errors/errors.js'
import { entryModule } from './entry-module.js'
import { importNamespace } from './import-namespace.js'

/** Whether a module is TypeScript, which not every Node can import. */
export function isTypeScript(url: string): boolean {
  return url.startsWith('file:') && /\.[cm]?tsx?$/.test(new URL(url).pathname)
}

type Resolve = (specifier: string, context: unknown) => object

// Every Node that strips types by itself has this function; the types of the oldest Node that we support lack it.
const { registerHooks } = module as {
  registerHooks?(hooks: { resolve(specifier: string, context: unknown, next: Resolve): object }): void
}

let isHooked = false

/** Node resolves a specifier literally; the .js-for-.ts convention also applies to the imports of the module. */
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
 * Imports a TypeScript module: by Node itself, or by the loader that the process was started with; if Node can't parse
 * it, by the user's tsx.
 *
 * @throws TaskNotFoundError when there is no tsx; the message lists the alternatives.
 */
export async function importTypeScript(url: string): Promise<object> {
  if (stripsTypes() && registerHooks !== undefined && !isHooked) {
    isHooked = true
    registerHooks({ resolve: resolveSource })
  }
  try {
    return await importNamespace(url)
  } catch (error) {
    if (!isUnreadable(error) && !(isSyntaxError(error) && hasDecorators(url))) throw error
    return importByTsx(url, error)
  }
}

/**
 * Whether Node could not parse a module's text. Any other error is thrown unchanged: the module, or another one that it
 * imports later, may have run by then, and must not run twice.
 */
function isUnreadable(error: unknown): error is Error {
  const { code } = (error instanceof Error ? error : {}) as NodeJS.ErrnoException
  return code !== undefined && UNREADABLE.has(code)
}

const UNREADABLE = new Set([
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING'
])

/** V8's message for decorators, which type stripping leaves in; a module that has them has not run then. */
function isSyntaxError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'SyntaxError' && stripsTypes()
}

function hasDecorators(url: string): boolean {
  return /^\s*@[\w$]+/m.test(readFileSync(new URL(url), 'utf8'))
}

async function importByTsx(url: string, cause: Error): Promise<object> {
  const tsx = findTsx(url)
  if (tsx === undefined) throw unreadable(url, cause)
  const { tsImport } = (await import(/* webpackIgnore: true */ tsx)) as {
    tsImport(url: string, parent: string): Promise<object>
  }
  return tsImport(url, url)
}

function unreadable(url: string, cause: Error): TaskNotFoundError {
  const newer = stripsTypes() ? '' : 'run on Node 22.18 or newer if it only has types to be stripped, '
  return new TaskNotFoundError(
    `${url} is TypeScript that Node ${process.versions.node} can't import by itself (${cause.message}): start the ` +
      `process with tsx, install tsx beside the module, ${newer}or import the compiled .js`,
    { cause }
  )
}

function stripsTypes(): boolean {
  return Boolean((process.features as { typescript?: string | false }).typescript)
}

/**
 * The tsx that the process was started with, the one next to the module, or the one next to the program that the
 * process runs.
 */
function findTsx(url: string): string | undefined {
  const entry = entryModule()
  const places = [...preloads(), fileURLToPath(url), ...(entry === undefined ? [] : [entry])]
  for (const place of places) {
    const found = resolveTsx(place)
    if (found !== undefined) return found
  }
  return undefined
}

function resolveTsx(place: string): string | undefined {
  try {
    // `require.resolve` finds tsx's CommonJS build, which can't import; its ES module is next to it.
    // By the module's name: webpack would take tsx into a bundle for a call of an imported `createRequire`.
    const found = module.createRequire(place).resolve('tsx/esm/api')
    return pathToFileURL(found.replace(/\.cjs$/, '.mjs')).href
  } catch {
    return undefined
  }
}

/** The paths of the modules that this process preloads, if they are tsx. */
function preloads(): string[] {
  const flags = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)]
  const values = flags.flatMap((flag, index) => {
    const [name, value = flags[index + 1]] = flag.split('=', 2)
    return value !== undefined && /^(--import|--require|-r|--loader|--experimental-loader)$/.test(name ?? '')
      ? [value.replace(/^"|"$/g, '')]
      : []
  })
  const ofTsx = values.filter(value => /(^|[\\/])tsx([\\/]|$)/.test(value))
  // A bare name is resolved from the folder in which the process was started.
  return ofTsx.map(value =>
    /^tsx\b/.test(value) ? resolve('main.js') : value.startsWith('file:') ? value : resolve(value)
  )
}
