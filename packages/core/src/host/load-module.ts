import { checkText } from '../check.js'
import { isMainThread } from '../node.js'
import { addTaskModule } from '../wire/task-modules.js'
import { refuseEntryModule } from './entry-module.js'
import type { HostTask } from './host-task.js'
import { importNamespace } from './import-namespace.js'
import { hintFor } from './load-hints.js'
import { loaded, notLoaded } from './loaded-modules.js'
import { belowChain, whileLoading } from './loading-chain.js'
import { sourceOf } from './source-of.js'
import { syntaxErrorPlace } from './syntax-error-place.js'
import { importTypeScript, isTypeScript } from './typescript.js'

const loading = new Map<string, Promise<object>>()

/**
 * Imports a module of tasks once and returns its exports. A failed load is tried again at the next call; Node itself
 * caches a module that threw.
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

/**
 * The same for a call that was received.
 *
 * @throws DeadlockError when the call was made by the top level of the module itself, on another thread.
 */
export function loadModuleFor(task: Pick<HostTask, 'name' | 'module' | 'context'>): Promise<object> {
  const { name, module, context } = task
  try {
    return belowChain(name, module, context, () => loadModule(module))
  } catch (error) {
    return Promise.reject(error)
  }
}

async function load(url: string): Promise<object> {
  const source = sourceOf(url)
  // On the main thread the entry module is loaded already, so nothing starts again.
  if (!isMainThread) refuseEntryModule('', source)
  try {
    const module = await whileLoading(url, () => importModule(source))
    addTaskModule(url, module)
    return module
  } catch (error) {
    throw notLoaded(url, error, `${await syntaxErrorPlace(source, error)}${hintFor(source, error)}`)
  }
}

function importModule(url: string): Promise<object> {
  return isTypeScript(url) ? importTypeScript(url) : importNamespace(url)
}
