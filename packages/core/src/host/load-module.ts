import { checkText } from '../check.js'
import { isMainThread } from '../node.js'
import { noteTaskModule } from '../wire/task-modules.js'
import { refuseEntryModule } from './entry-module.js'
import { loaded, notLoaded } from './loaded-modules.js'
import { importTypeScript, needsTypeScript, sourceOf } from './typescript.js'

const loading = new Map<string, Promise<object>>()

/**
 * Imports a module of tasks once and gives its exports. What fails to load is tried again at the next call; Node
 * itself remembers a module that threw.
 *
 * @throws TaskNotFoundError with the loader's error as its `cause`.
 * @example
 * ```ts
 * const tasks = await loadModule('file:///app/tasks.js')
 * ```
 */
export function loadModule(url: string): Promise<object> {
  checkText('loadModule()', 'url', url)
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
  // On the main thread the entry module is loaded already, and nothing starts again.
  if (!isMainThread) refuseEntryModule('', source)
  try {
    const module = needsTypeScript(source)
      ? await importTypeScript(source)
      : ((await import(source)) as object)
    noteTaskModule(url, module)
    return module
  } catch (error) {
    throw notLoaded(url, error)
  }
}
