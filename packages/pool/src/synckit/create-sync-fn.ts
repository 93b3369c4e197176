import workerText from 'built:synckit'
import { isAbsolute } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type * as Internal from '@bridge/core/internal'
import type * as Bridge from '../index.js'
import { inheritedExecArgv } from '../thread/exec-argv.js'
import {
  type AnyFn,
  DEFAULT_GLOBAL_SHIMS_PRESET,
  type Syncify,
  type SynckitOptions,
  TsRunner
} from './options.js'
import type { SynckitThread, SynckitWorkerData } from './worker-data.js'
import { type Loading, loadingBy, workerFile } from './worker-file.js'

/** Loaded only when a function is called: a worker, which imports this module too, does not need it. */
const bridge = (): typeof Bridge => require('../index.js') as typeof Bridge

/**
 * The module that a thread begins with. Without a source URL its whole text would be its name in stacks; with the name
 * of one of Node's own modules its frames are left out.
 */
const SETUP = `data:text/javascript,${encodeURIComponent(`${workerText}//# sourceURL=node:internal/bridge/synckit`)}`

/** The functions that were made, by the paths of their workers. */
const made = new Map<string, AnyFn>()

/** The threads, by worker and settings. */
const threads = new Map<string, Bridge.Pool>()

/**
 * Makes a blocking function from the function that a worker file serves by `runAsWorker`, as synckit's function of this
 * name does. Each file is loaded once, in a thread that starts now and in which it keeps its state; the workers of one
 * installed package share a thread. The options of the first call for a file apply. The thread does not keep the
 * process alive, is replaced when it is lost, and prints in order with the process.
 *
 * @param timeoutOrOptions Milliseconds that a call may take, or options.
 * @throws InvalidArgumentError when the path is not absolute, or an option is invalid. The function throws what the
 * worker's function throws; `CallTimeoutError`, after which the thread continues unless it is stuck;
 * `TaskNotFoundError` when the file can't be loaded, or serves nothing; `WorkerLostError` when the thread ends.
 * @example
 * ```ts
 * const format = createSyncFn<(source: string) => Promise<string>>(require.resolve('./format.worker.js'))
 * console.log(format('a  =  1')) // 'a = 1;\n'
 * ```
 */
export function createSyncFn<T extends AnyFn>(
  workerPath: URL | string,
  timeoutOrOptions?: SynckitOptions | number
): Syncify<T> {
  const path = pathOf(workerPath)
  const known = made.get(path)
  if (known !== undefined) return known as Syncify<T>
  const options = typeof timeoutOrOptions === 'number' ? { timeout: timeoutOrOptions } : timeoutOrOptions
  const fn = syncFnOf(path, options ?? {})
  made.set(path, fn)
  return fn as Syncify<T>
}

function pathOf(workerPath: URL | string): string {
  if (/^file:/i.test(String(workerPath))) return fileURLToPath(workerPath)
  if (typeof workerPath === 'string' && isAbsolute(workerPath)) return workerPath
  const { InvalidArgumentError } = bridge()
  throw new InvalidArgumentError(
    `createSyncFn(): workerPath must be an absolute path or a file URL, as returned by require.resolve('./worker.js'); got ${workerPath}`
  )
}

function syncFnOf(path: string, options: SynckitOptions): AnyFn {
  const file = workerFile(path)
  const { SYNCKIT_TIMEOUT, SYNCKIT_TS_RUNNER } = process.env
  const runner = options.tsRunner ?? (SYNCKIT_TS_RUNNER || undefined)
  const loading = loadingBy(runner, file)
  if (loading === undefined) {
    const { InvalidArgumentError } = bridge()
    throw new InvalidArgumentError(
      `createSyncFn(): tsRunner must be one of ${Object.values(TsRunner).join(', ')}; got ${runner}`
    )
  }
  const url = moduleOf(file, loading)
  const timeout = options.timeout ?? (SYNCKIT_TIMEOUT ? Number(SYNCKIT_TIMEOUT) : undefined)
  const { runAsWorker } = threadOf(file, url, loading, options).importSync<SynckitThread>(SETUP, { timeout })
  const { instanceWarnings } = require('@bridge/core/internal') as typeof Internal
  return (...args) => {
    instanceWarnings.paused++
    try {
      return runAsWorker(...args, url)[0]
    } finally {
      instanceWarnings.paused--
    }
  }
}

/** The thread that runs a worker; it is started now, while the caller continues until it calls. */
function threadOf(file: string, first: string, { flags }: Loading, options: SynckitOptions): Bridge.Pool {
  const { SYNCKIT_EXEC_ARGV, SYNCKIT_GLOBAL_SHIMS } = process.env
  const own = options.execArgv ?? SYNCKIT_EXEC_ARGV?.split(',').filter(Boolean) ?? inheritedExecArgv()
  const execArgv = [...own, ...flags]
  const given = options.globalShims ?? /^(1|true)$/.test(SYNCKIT_GLOBAL_SHIMS ?? '')
  const shims = typeof given === 'boolean' ? (given ? DEFAULT_GLOBAL_SHIMS_PRESET : []) : given
  const name = sharedBy(file)
  const key = JSON.stringify([name, execArgv, shims])
  const known = threads.get(key)
  if (known !== undefined) return known
  const workerData: SynckitWorkerData = { first, file, shims }
  const thread = bridge().createLoop({ name, execArgv, setup: SETUP, workerData })
  threads.set(key, thread)
  thread.warmUp().catch(() => {})
  return thread
}

/**
 * The scope in which workers share state: the workers of an installed package share one thread, in which their imports
 * are loaded once; any other worker has a separate thread.
 */
function sharedBy(file: string): string {
  return /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(file)?.[0] ?? file
}

function moduleOf(file: string, { isRequired }: Loading): string {
  if (!isRequired) return pathToFileURL(file).href
  const path = JSON.stringify(file)
  const source = `import { createRequire } from 'node:module'; createRequire(${path})(${path})`
  return `data:text/javascript,${encodeURIComponent(source)}`
}
