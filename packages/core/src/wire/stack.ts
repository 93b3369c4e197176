import { fileURLToPath } from '../node.js'
import { isError } from './is-error.js'
import { ownModules, stackBelow } from './own-modules.js'
import { manifestOf } from './own-package.js'

/** Where our packages stand beside each other, as in `node_modules/@bridge`. */
const PACKAGES = ['cluster', 'context', 'core', 'iter', 'nest', 'pool']

/** What a package's frames show: its built files, or with source maps what these were built from. */
const SHOWN = ['dist', 'src']

const ownFolders = new Map<string, readonly string[]>()

/**
 * The folders of a built module's package as stacks write them, for ESM and for CommonJS, and of those beside it, which
 * may have been built into it; none when it was bundled into an application.
 */
function foldersOf(moduleUrl: string): readonly string[] {
  let folders = ownFolders.get(moduleUrl)
  if (folders === undefined) {
    const scope = scopeOf(moduleUrl)
    folders = scope === undefined ? [] : foldersIn(scope)
    ownFolders.set(moduleUrl, folders)
  }
  return folders
}

/** The folders of our packages, as URLs and as paths, where they stand in this one; as Windows has them, if `windows` says so. */
export function foldersIn(scope: URL, windows?: boolean): string[] {
  const urls = PACKAGES.flatMap(name => SHOWN.map(folder => new URL(`${name}/${folder}/`, scope)))
  return urls.flatMap(url => [url.href, fileURLToPath(url, { windows })])
}

/** The folder that holds the package of a module, where that is one of ours; an entry may lie in a folder of its own, such as dist/host. */
function scopeOf(moduleUrl: string): URL | undefined {
  const manifest = manifestOf(moduleUrl)
  return manifest === undefined ? undefined : new URL('..', manifest)
}

const INTERNAL =
  /\(?node:internal\/|\(node:(worker_threads|async_hooks)|^\s+at (async )?(new Promise|Promise\.all|AsyncGenerator\.\w+|Generator\.\w+|Reflect\.apply) \(<anonymous>\)/

/** Put in by the build of a thread's text, which a bundle runs: all frames of that are ours. */
declare const __BRIDGE_TEXT__: true | undefined
const isText = typeof __BRIDGE_TEXT__ !== 'undefined'

/** Whether everything is shown: `BRIDGE_DEBUG=1`. */
export function isDebugging(): boolean {
  return process.env.BRIDGE_DEBUG === '1'
}

/** The frame lines of a stack that are the user's own. */
export function userFrames(stack: string | undefined): string[] {
  const frames = (stack ?? '').split('\n').filter(line => /^\s+at /.test(line))
  if (isDebugging()) return frames
  return frames.filter(line => {
    if (INTERNAL.test(line) || (isText && line.includes('[worker eval]:'))) return false
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
 * Leaves our frames out of the stack of an error that has come through code of ours, on the thread where it was thrown. It
 * stays as it is where it shows none, or can't be changed.
 */
export function hideOwnFrames(error: unknown): void {
  if (isDebugging() || !isError(error)) return
  try {
    const { stack } = error
    if (typeof stack !== 'string' || !showsOurs(stack)) return
    error.stack = userStack(stack)
  } catch {
    // A frozen error, or a getter of the user's.
  }
}

function showsOurs(stack: string): boolean {
  for (const url of ownModules) if (foldersOf(url).some(folder => stack.includes(folder))) return true
  return false
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
