import { realpathSync } from 'node:fs'
import { InvalidArgumentError } from '../errors/errors.js'
import { getEnvironmentData, isMainThread, pathToFileURL, setEnvironmentData } from '../node.js'

const ENTRY = '@bridge/core/entry'

// A worker's own `process.argv` names the worker's file, so the main thread tells every worker it will start.
if (isMainThread && process.argv[1] !== undefined) setEnvironmentData(ENTRY, process.argv[1])

/**
 * Refuses the module that the process was started with: a worker that imports it would start the whole application
 * a second time.
 *
 * @throws InvalidArgumentError when `url` is the application's entry module.
 */
export function refuseEntryModule(where: string, url: string): void {
  const entry = getEnvironmentData(ENTRY)
  if (typeof entry !== 'string' || realPath(pathToFileURL(entry).href) !== realPath(url)) return
  throw new InvalidArgumentError(
    `${where}${url} is what this process was started with: a worker that imports it would start the application ` +
      'again. Move the functions to a module of their own'
  )
}

function realPath(url: string): string {
  try {
    return realpathSync(new URL(url))
  } catch {
    return url
  }
}
