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

/** Only where something is called: a worker, which imports this module too, needs none of it. */
const bridge = (): typeof Bridge => require('../index.js') as typeof Bridge

/**
 * The module that a thread begins with. Without a name all of it would be its name in stacks; one of Node's own has its
 * frames left out of those.
 */
const SETUP = `data:text/javascript,${encodeURIComponent(`${workerText}//# sourceURL=node:internal/bridge/synckit`)}`

/** The functions that were made, by their workers' paths. */
const made = new Map<string, AnyFn>()

/** The threads, by what runs there and how. */
const threads = new Map<string, Bridge.Pool>()

/**
 * Makes a blocking function of the one that a worker file serves by `runAsWorker`, as synckit's function of this name
 * does. Each file is loaded once, in a thread that starts now and where it keeps its state; the workers of one installed
 * package share a thread. The first call for a file decides by which options. The thread keeps no process alive, is replaced
 * when it is lost, and prints in order with the process.
 *
 * @param timeoutOrOptions Milliseconds that a call may take, or options.
 * @throws InvalidArgumentError when the path is not absolute, or an option is invalid. What the function throws is what the
 * worker's function throws, whole; `CallTimeoutError`, after which the thread goes on unless it is stuck;
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
    `createSyncFn(): workerPath must be an absolute path or a file URL, as require.resolve('./worker.js') gives; got ${workerPath}`
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

/** The thread that is to run a worker; it is started now, beside what the caller does until it calls. */
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
 * Whose state a worker may see: the workers of an installed package have one thread together, in which what they import is
 * loaded once; any other has one of its own.
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
