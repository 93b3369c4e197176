import { TaskNotFoundError } from '../errors/errors.js'
import { createRequire, fileURLToPath } from '../node.js'
import { noteTaskModule } from '../wire/task-modules.js'

/** The exports of each module of tasks that has been loaded, by its URL. */
export const loaded = new Map<string, object>()

/** A module's exports without waiting, for calls that block the thread they run on. */
export function loadModuleSync(url: string): object {
  const known = loaded.get(url)
  if (known !== undefined) return known
  try {
    const module = createRequire(import.meta.url)(fileURLToPath(url)) as object
    noteTaskModule(url, module)
    return module
  } catch (error) {
    throw notLoaded(url, error)
  }
}

/** The error of a module that could not be loaded. */
export function notLoaded(url: string, cause: unknown): TaskNotFoundError {
  if (cause instanceof TaskNotFoundError) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new TaskNotFoundError(`the module ${url} could not be loaded: ${reason}`, { cause })
}
