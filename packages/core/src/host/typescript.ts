import { readFileSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { TaskNotFoundError } from '../errors/errors.js'
import { entryModule } from './entry-module.js'
import { importNamespace } from './import-namespace.js'

/** Whether a module is TypeScript, which Node can't import everywhere. */
export function isTypeScript(url: string): boolean {
  return url.startsWith('file:') && /\.[cm]?tsx?$/.test(new URL(url).pathname)
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
 * Imports a TypeScript module: as Node does by itself, or by what the process was started with; where Node can't read it,
 * through the user's tsx.
 *
 * @throws TaskNotFoundError when there is none; the message names the ways out.
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
 * Whether Node could not read a module's text. What is wrong in other ways is told as it is: the module, or another one that
 * it imports later, may have run by then, and must not run twice.
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

/** What V8 says of decorators, which stripping types leaves in; a module that has them has not run then. */
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
  const newer = stripsTypes()
    ? ''
    : 'run on Node 22.18 or newer where it has nothing but types to be left out, '
  return new TaskNotFoundError(
    `${url} is TypeScript that Node ${process.versions.node} can't import by itself (${cause.message}): start the ` +
      `process with tsx, install tsx beside the module, ${newer}or import the compiled .js`,
    { cause }
  )
}

function stripsTypes(): boolean {
  return Boolean((process.features as { typescript?: string | false }).typescript)
}

/** The tsx that the process was started with, the one beside the module, or the one beside what the process runs. */
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
    // What require finds is tsx's CommonJS build, which can't import; its ES module lies beside it.
    const found = createRequire(place).resolve('tsx/esm/api')
    return pathToFileURL(found.replace(/\.cjs$/, '.mjs')).href
  } catch {
    return undefined
  }
}

/** Where what this process was told to load first lies, if that is tsx. */
function preloads(): string[] {
  const flags = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)]
  const values = flags.flatMap((flag, index) => {
    const [name, value = flags[index + 1]] = flag.split('=', 2)
    return value !== undefined && /^(--import|--require|-r|--loader|--experimental-loader)$/.test(name ?? '')
      ? [value.replace(/^"|"$/g, '')]
      : []
  })
  const ofTsx = values.filter(value => /(^|[\\/])tsx([\\/]|$)/.test(value))
  // By its name it is looked for where the process was started.
  return ofTsx.map(value =>
    /^tsx\b/.test(value) ? resolve('main.js') : value.startsWith('file:') ? value : resolve(value)
  )
}
