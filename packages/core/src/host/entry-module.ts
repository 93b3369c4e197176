import { realpathSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads'
import { InvalidArgumentError } from '../errors/errors.js'

const ENTRY = '@bridge/core/entry'

// A worker's own `process.argv` names the worker's file, so the main thread tells every worker it will start.
if (isMainThread && process.argv[1] !== undefined) setEnvironmentData(ENTRY, process.argv[1])

/** Whether `url` is the module that the process was started with. */
export function isEntryModule(url: string): boolean {
  return entryUrl() === real(url)
}

/**
 * Refuses, on a worker, the module that the process was started with: importing it there would start the whole
 * application a second time.
 *
 * @throws InvalidArgumentError when `url` is the application's entry module.
 */
export function refuseEntryModule(url: string): void {
  if (isMainThread || !isEntryModule(url)) return
  throw new InvalidArgumentError(
    `${url} is the module this process was started with; a worker that imports it would start the application ` +
      'again. Move the functions to a module of their own'
  )
}

function entryUrl(): string | undefined {
  const entry = isMainThread ? process.argv[1] : getEnvironmentData(ENTRY)
  return typeof entry === 'string' ? real(pathToFileURL(entry).href) : undefined
}

function real(url: string): string {
  try {
    return pathToFileURL(realpathSync(fileURLToPath(url))).href
  } catch {
    return url
  }
}
