import { TaskNotFoundError } from '../errors/errors.js'
import { refuseEntryModule } from './entry-module.js'
import { importTypeScript, needsTypeScript } from './typescript.js'

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
  refuseEntryModule(url)
  try {
    return needsTypeScript(url) ? await importTypeScript(url) : ((await import(url)) as object)
  } catch (error) {
    if (error instanceof TaskNotFoundError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new TaskNotFoundError(`the module ${url} could not be loaded: ${reason}`, { cause: error })
  }
}
