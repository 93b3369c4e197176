import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { TaskNotFoundError } from '../errors/errors.js'
import { refuseEntryModule } from './entry-module.js'
import { importTypeScript, needsTypeScript, sourceOf } from './typescript.js'

const loading = new Map<string, Promise<object>>()
const loaded = new Map<string, object>()

/** The exports of a module that has been loaded already, without a turn of the microtask queue. */
export function loadedModule(url: string): object | undefined {
  return loaded.get(url)
}

/**
 * Imports a module of tasks once and gives its exports. What fails to load is tried again at the next call; Node
 * itself remembers a module that threw.
 *
 * @throws TaskNotFoundError with the loader's error as its `cause`.
 */
export function loadModule(url: string): Promise<object> {
  const known = loading.get(url)
  if (known !== undefined) return known
  const promise = load(url)
  loading.set(url, promise)
  promise.then(
    module => loaded.set(url, module),
    () => loading.delete(url)
  )
  return promise
}

async function load(url: string): Promise<object> {
  const source = sourceOf(url)
  refuseEntryModule(source)
  try {
    return needsTypeScript(source) ? await importTypeScript(source) : ((await import(source)) as object)
  } catch (error) {
    throw notLoaded(url, error)
  }
}

/** The same without waiting, for calls that block the thread they run on; what was imported before is used again. */
export function loadModuleSync(url: string): object {
  const known = loaded.get(url)
  if (known !== undefined) return known
  try {
    return createRequire(import.meta.url)(fileURLToPath(url)) as object
  } catch (error) {
    throw notLoaded(url, error)
  }
}

function notLoaded(url: string, cause: unknown): TaskNotFoundError {
  if (cause instanceof TaskNotFoundError) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new TaskNotFoundError(`the module ${url} could not be loaded: ${reason}`, { cause })
}
