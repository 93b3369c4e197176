import { readFileSync, realpathSync } from 'node:fs'
import { InvalidArgumentError } from '../errors/errors.js'
import { getEnvironmentData, isMainThread, pathToFileURL, setEnvironmentData } from '../node.js'

const ENTRY = '@bridge/core/entry'

// A worker's own `process.argv` names the worker's file, so the main thread tells every worker it will start.
if (isMainThread && process.argv[1] !== undefined) setEnvironmentData(ENTRY, process.argv[1])

/** The path of the module that the process was started with, as this thread's main thread was told it. */
export function entryModule(): string | undefined {
  const entry = getEnvironmentData(ENTRY)
  return typeof entry === 'string' ? entry : undefined
}

/** Whether a module is the one that the process was started with. */
export function isEntryModule(url: string): boolean {
  const entry = entryModule()
  return entry !== undefined && realPath(pathToFileURL(entry).href) === realPath(url)
}

/** What a module begins by that starts something only where it was started itself: all of them are false in a thread. */
const GUARDS =
  /\bif\s*\(\s*(?:\w+\.)?isMainThread\b|\bisMainThread\s*&&|(?<!!\s*)\bimport\.meta\.main\b|\brequire\.main\s*===?\s*module\b|\bmodule\s*===?\s*require\.main\b/

const COMMENTS = /\/\*[\s\S]*?\*\/|(?<!:)\/\/.*/g

/** Whether a module looks where it runs. What it starts all the same in a thread is told by what loads there (loading-chain.ts). */
function isGuarded(url: string): boolean {
  try {
    return GUARDS.test(readFileSync(new URL(url), 'utf8').replace(COMMENTS, ''))
  } catch {
    return false
  }
}

/** Whether a worker that imports a module would start the application a second time. */
export function startsApplication(url: string): boolean {
  return isEntryModule(url) && !isGuarded(url)
}

/**
 * Refuses the module that the process was started with: a worker that imports it would start the whole application
 * a second time. One that is guarded against that is let through.
 *
 * @throws InvalidArgumentError when `url` is the application's entry module, which has no guard.
 */
export function refuseEntryModule(where: string, url: string): void {
  if (!startsApplication(url)) return
  throw new InvalidArgumentError(
    `${where}${url} is what this process was started with: a worker that imports it would start the application ` +
      'again. Move the functions to a module of their own, or guard what starts the application: ' +
      "if (isMainThread) { … }, of 'node:worker_threads', or if (import.meta.main) { … }"
  )
}

function realPath(url: string): string {
  try {
    // Windows has a drive by two names.
    return realpathSync(new URL(url)).replace(/^[a-z]:/, drive => drive.toUpperCase())
  } catch {
    return url
  }
}
