import { fileURLToPath } from '../node.js'
import { isError } from './is-error.js'
import { ownModules, stackBelow } from './own-modules.js'
import { manifestOf } from './own-package.js'

/** The packages that are installed next to each other, as in `node_modules/@bridge`. */
const PACKAGES = ['cluster', 'context', 'core', 'iter', 'nest', 'pool']

/** The folders in a package's frames: that of its built files, or with source maps that of their sources. */
const SHOWN = ['dist', 'src']

const ownFolders = new Map<string, readonly string[]>()

/**
 * The folders of a built module's package as stacks show them, for ESM and for CommonJS, and of the packages next to
 * it, which may have been built into it; none when it was bundled into an application.
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

/** The folders of our packages inside this scope, as URLs and as paths; in the form of Windows if `windows` is true. */
export function foldersIn(scope: URL, windows?: boolean): string[] {
  const urls = PACKAGES.flatMap(name => SHOWN.map(folder => new URL(`${name}/${folder}/`, scope)))
  return urls.flatMap(url => [url.href, fileURLToPath(url, { windows })])
}

/**
 * The folder that contains the package of a module, if it is one of ours; an entry may be in a subfolder, such as
 * dist/host.
 */
function scopeOf(moduleUrl: string): URL | undefined {
  const manifest = manifestOf(moduleUrl)
  return manifest === undefined ? undefined : new URL('..', manifest)
}

const INTERNAL =
  /\(?node:internal\/|\(node:(worker_threads|async_hooks)|^\s+at (async )?(new Promise|Promise\.all|AsyncGenerator\.\w+|Generator\.\w+|Reflect\.apply) \(<anonymous>\)/

/** Defined by the build of a thread's code as text, which a bundle runs: all frames of that code are ours. */
declare const __BRIDGE_TEXT__: true | undefined
const isText = typeof __BRIDGE_TEXT__ !== 'undefined'

/** Whether everything is shown: `BRIDGE_DEBUG=1`. */
export function isDebugging(): boolean {
  return process.env.BRIDGE_DEBUG === '1'
}

/** The user's own frames of a stack. */
export function userFrames(stack: string | undefined): string[] {
  const frames = (stack ?? '').split('\n').filter(line => /^\s+at /.test(line))
  if (isDebugging()) return frames
  return frames.filter(line => {
    if (INTERNAL.test(line) || (isText && line.includes('[worker eval]:'))) return false
    for (const url of ownModules) if (foldersOf(url).some(folder => line.includes(folder))) return false
    return true
  })
}

/** A stack without our frames: its first lines unchanged, then the user's frames. */
export function userStack(stack: string): string {
  if (isDebugging()) return stack
  const firstFrame = stack.search(/^\s+at /m)
  if (firstFrame < 0) return stack
  const head = stack.slice(0, firstFrame).trimEnd()
  return [head, ...userFrames(stack.slice(firstFrame))].join('\n')
}

/**
 * Removes our frames from the stack of an error that has passed through our code, on the thread where it was thrown.
 * The stack is unchanged if it has none of them, or can't be changed.
 */
export function hideOwnFrames(error: unknown): void {
  if (isDebugging() || !isError(error)) return
  try {
    const { stack } = error
    if (typeof stack !== 'string' || !showsOurs(stack)) return
    error.stack = userStack(stack)
  } catch {
    // The error is frozen, or a getter of the user threw.
  }
}

function showsOurs(stack: string): boolean {
  for (const url of ownModules) if (foldersOf(url).some(folder => stack.includes(folder))) return true
  return false
}

/**
 * Runs `act` with stacks limited to this many frames. If the limit can't be set, or the user has set none, it is not
 * changed.
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
 * The frames of the caller that waits for a result, to be appended to those of the thread that threw. Only a blocking
 * caller has them: an awaited error gets its own. For authors of executors.
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
  // Our frames come first, and must not use up the room for the user's.
  const stack = withStackLimit(limit + 10, () => stackBelow(callerFrames))
  const frames = userFrames(stack).slice(0, limit)
  return frames.length === 0 ? '' : `\n${frames.join('\n')}`
}
