import { readFileSync, realpathSync } from 'node:fs'
import { InvalidArgumentError } from '../errors/errors.js'
import { getEnvironmentData, isMainThread, pathToFileURL, setEnvironmentData } from '../node.js'

const ENTRY = '@bridge/core/entry'

// A worker's own `process.argv` names the worker's file, so the main thread passes the path to every worker it will
// start.
if (isMainThread && process.argv[1] !== undefined) setEnvironmentData(ENTRY, process.argv[1])

/** The path of the module that the process was started with, as the main thread has passed it. */
export function entryModule(): string | undefined {
  const entry = getEnvironmentData(ENTRY)
  return typeof entry === 'string' ? entry : undefined
}

/** Whether a module is the one that the process was started with. */
export function isEntryModule(url: string): boolean {
  const entry = entryModule()
  return entry !== undefined && realPath(pathToFileURL(entry).href) === realPath(url)
}

/** Conditions by which a module starts something only if it is the entry: all of them are false in a thread. */
const GUARDS =
  /\bif\s*\(\s*(?:\w+\.)?isMainThread\b|\bisMainThread\s*&&|(?<!!\s*)\bimport\.meta\.main\b|\brequire\.main\s*===?\s*module\b|\bmodule\s*===?\s*require\.main\b/

const COMMENTS = /\/\*[\s\S]*?\*\/|(?<!:)\/\/.*/g

/**
 * Whether a module checks where it runs. If it still makes calls while it is loaded in a thread, loading-chain.ts
 * detects that.
 */
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
 * Refuses the module that the process was started with: a worker that imports it would start the whole application a
 * second time. An entry module that is guarded against that is allowed.
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
    // Windows writes a drive letter in upper or lower case.
    return realpathSync(new URL(url)).replace(/^[a-z]:/, drive => drive.toUpperCase())
  } catch {
    return url
  }
}
