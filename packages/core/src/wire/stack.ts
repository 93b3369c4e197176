import { readFileSync } from 'node:fs'
import { fileURLToPath } from '../node.js'
import { ownModules, stackBelow } from './own-modules.js'

const ownFolders = new Map<string, readonly string[]>()

/** The folder of a built module as stacks write it, for ESM and for CommonJS; none when it was bundled. */
function foldersOf(moduleUrl: string): readonly string[] {
  let folders = ownFolders.get(moduleUrl)
  if (folders === undefined) {
    folders = isOwnPackage(moduleUrl)
      ? [new URL('.', moduleUrl).href, fileURLToPath(new URL('.', moduleUrl))]
      : []
    ownFolders.set(moduleUrl, folders)
  }
  return folders
}

/** An entry may lie in a folder of its own, such as dist/host. */
function isOwnPackage(moduleUrl: string): boolean {
  return ['../package.json', '../../package.json'].some(manifest =>
    /"name": *"@bridge\//.test(textOf(new URL(manifest, moduleUrl)))
  )
}

function textOf(file: URL): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

const INTERNAL =
  /\(?node:internal\/|\(node:(worker_threads|async_hooks)|^\s+at (async )?(new Promise|Promise\.all|AsyncGenerator\.\w+|Generator\.\w+|Reflect\.apply) \(<anonymous>\)/

/** Whether everything is shown: `BRIDGE_DEBUG=1`. */
export function isDebugging(): boolean {
  return process.env.BRIDGE_DEBUG === '1'
}

/** The frame lines of a stack that are the user's own. */
export function userFrames(stack: string | undefined): string[] {
  const frames = (stack ?? '').split('\n').filter(line => /^\s+at /.test(line))
  if (isDebugging()) return frames
  return frames.filter(line => {
    if (INTERNAL.test(line)) return false
    for (const url of ownModules) if (foldersOf(url).some(folder => line.includes(folder))) return false
    return true
  })
}

/** A stack without our frames: its first lines as they are, then the user's frames. */
export function userStack(stack: string): string {
  if (isDebugging()) return stack
  const firstFrame = stack.search(/^\s+at /m)
  if (firstFrame < 0) return stack
  const head = stack.slice(0, firstFrame).trimEnd()
  return [head, ...userFrames(stack.slice(firstFrame))].join('\n')
}

/**
 * Does something while stacks have at most so many frames. Where the limit can't be set, or the user has none, it is
 * left alone.
 */
export function withStackLimit<T>(limit: number, act: () => T): T {
  const own = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')
  if (own?.writable !== true || typeof own.value !== 'number') return act()
  Error.stackTraceLimit = limit
  try {
    return act()
  } finally {
    Error.stackTraceLimit = own.value
  }
}

/**
 * The frames of the caller that waits for a result, to put below those of the thread that threw. Only a caller that blocks
 * has them: an error that is awaited gets its own. For authors of executors.
 *
 * @example
 * ```ts
 * runSync(task: Task): unknown {
 *   const { thrown, value } = this.#ask(task)
 *   if (thrown !== undefined) throw decodeThrown(thrown, callerFrames())
 *   return value
 * }
 * ```
 */
export function callerFrames(): string {
  const limit: unknown = Error.stackTraceLimit
  if (typeof limit !== 'number') return ''
  // Ours come first, and must not use up the room for the user's.
  const stack = withStackLimit(limit + 10, () => stackBelow(callerFrames))
  const frames = userFrames(stack).slice(0, limit)
  return frames.length === 0 ? '' : `\n${frames.join('\n')}`
}
