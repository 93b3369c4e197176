import { AsyncLocalStorage } from 'node:async_hooks'
import threads from 'node:worker_threads'
import { TaskNotFoundError } from '@bridge/core'
import { belowLoading, loadModule } from '@bridge/core/host'
import { instanceWarnings, loadingHere } from '@bridge/core/internal'
import type { AnyFn } from '../synckit/options.js'
import type { SynckitWorkerData } from '../synckit/worker-data.js'
import { loadShims } from './synckit/shims.js'
import { takeFromSynckit } from './synckit/take-from-synckit.js'

/*
 * The setup of a thread of `createSyncFn`, and the function that is called there. The thread gets it as a text, since a
 * bundle contains no file of it.
 */

/** How long, in milliseconds, a loaded worker may take to call `runAsWorker`. */
const SERVES = 30_000

const { first, file, shims } = threads.workerData as SynckitWorkerData

/** The worker that is being loaded: it may call `runAsWorker` later, after an await. */
const loading = new AsyncLocalStorage<string>()

/** The functions of the workers, by the URLs of their modules. */
const served = new Map<string, AnyFn>()
const waiting = new Map<string, () => void>()
const loaded = new Map<string, Promise<AnyFn>>()

function serve(fn: AnyFn): void {
  const url = loading.getStore() ?? first
  served.set(url, fn)
  waiting.get(url)?.()
}

/**
 * Calls the function of the worker with that URL, and waits until there is one. The result is always a value, even if
 * it is iterable or thenable, because it is returned in an array.
 */
export async function runAsWorker(...given: unknown[]): Promise<readonly [result: unknown]> {
  const url = given.at(-1) as string
  const fn = served.get(url) ?? (await load(url))
  return [await fn(...given.slice(0, -1))]
}

function load(url: string): Promise<AnyFn> {
  const known = loaded.get(url)
  if (known !== undefined) return known
  const found = loading.run(url, () => loadCallbackServer(url))
  loaded.set(url, found)
  found.catch(() => loaded.delete(url))
  return found
}

async function loadCallbackServer(url: string): Promise<AnyFn> {
  await shimmed
  // This setup is not a module that a worker could start again.
  const above = loadingHere().filter(one => one !== import.meta.url)
  await belowLoading('runAsWorker()', url, above, () => loadModule(url)).catch(shorten)
  if (!served.has(url)) await whenServed(url)
  return served.get(url) as AnyFn
}

/** The importer of the worker is the whole of this text, by its name. */
function shorten(error: Error): never {
  error.message = error.message.replace(` imported from ${import.meta.url}`, '')
  throw error
}

async function whenServed(url: string): Promise<void> {
  let late: NodeJS.Timeout | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      waiting.set(url, resolve)
      late = setTimeout(reject, SERVES, servesNothing(url))
    })
  } finally {
    clearTimeout(late)
    waiting.delete(url)
  }
}

function servesNothing(url: string): Error {
  return new TaskNotFoundError(
    `${url} has served nothing within ${SERVES} ms: let it call runAsWorker() of '@bridge/pool/synckit', or of synckit`
  )
}

Object.assign(globalThis, { [Symbol.for('@bridge/pool/synckit')]: serve })
takeFromSynckit(serve)
// Such workers have always sent instances this way; a warning in the output of their users would not reach their
// authors.
instanceWarnings.paused++
const shimmed = loadShims(shims, file)
// The caller does something else in the meantime. If loading fails, the call fails with the same error.
load(first).catch(() => {})
