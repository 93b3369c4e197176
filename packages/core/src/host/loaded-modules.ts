import { DeadlockError, TaskNotFoundError } from '../errors/errors.js'
import { createRequire, fileURLToPath } from '../node.js'
import { addTaskModule } from '../wire/task-modules.js'

/** The exports of each module of tasks that has been loaded, by its URL. */
export const loaded = new Map<string, object>()

/** A module's exports without waiting, for calls that block the thread on which they run. */
export function loadModuleSync(url: string): object {
  const known = loaded.get(url)
  if (known !== undefined) return known
  try {
    const module = createRequire(url)(fileURLToPath(url)) as object
    addTaskModule(url, module)
    return module
  } catch (error) {
    throw notLoaded(url, error)
  }
}

/** The error of a module that could not be loaded; `more` is further information. */
export function notLoaded(url: string, cause: unknown, more = ''): Error {
  // An error that its own top level got when it made a call; it has its own name.
  if (cause instanceof TaskNotFoundError || cause instanceof DeadlockError) return cause
  return new TaskNotFoundError(`the module ${url} could not be loaded: ${reasonOf(url, cause)}${more}`, {
    cause
  })
}

/**
 * Why a module could not be loaded. The importer of the module itself is a file of ours, which would not help the user.
 */
function reasonOf(url: string, cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  if (!isMissing(url, cause)) return cause.message
  return 'there is no such file. Name the file that exists when the program runs; in a bundle, make the module a separate entry'
}

/** Whether the missing file is the module itself, and not one that it imports. */
function isMissing(url: string, { code, message }: NodeJS.ErrnoException): boolean {
  const itself = `Cannot find module '${pathOf(url)}'`
  return code === 'ERR_MODULE_NOT_FOUND'
    ? message.startsWith(`${itself} `)
    : message.startsWith(`${itself}\n`)
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url)
  } catch {
    return url
  }
}
