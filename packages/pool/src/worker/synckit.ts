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
 * The setup of a thread of `createSyncFn`, and what is called there. It is given to the thread as a text, since a bundle
 * holds no file of it.
 */

/** How long, in milliseconds, a worker that has been loaded may take to say what it serves. */
const SERVES = 30_000

const { first, file, shims } = threads.workerData as SynckitWorkerData

/** Which worker is being loaded: what it serves it may say later, when it has awaited something. */
const loading = new AsyncLocalStorage<string>()

/** What the workers serve, by the URLs of their modules. */
const served = new Map<string, AnyFn>()
const waiting = new Map<string, () => void>()
const loaded = new Map<string, Promise<AnyFn>>()

function serve(fn: AnyFn): void {
  const url = loading.getStore() ?? first
  served.set(url, fn)
  waiting.get(url)?.()
}

/**
 * Calls what the worker of that URL serves, and waits until it does. What it gives is a value, whatever it could be called
 * to be: it stands in an array.
 */
export async function runAsWorker(...given: unknown[]): Promise<readonly [result: unknown]> {
  const url = given.at(-1) as string
  const fn = served.get(url) ?? (await load(url))
  return [await fn(...given.slice(0, -1))]
}

function load(url: string): Promise<AnyFn> {
  const known = loaded.get(url)
  if (known !== undefined) return known
  const found = loading.run(url, () => loadServed(url))
  loaded.set(url, found)
  found.catch(() => loaded.delete(url))
  return found
}

async function loadServed(url: string): Promise<AnyFn> {
  await shimmed
  // This setup is none of those that a worker could begin anew.
  const above = loadingHere().filter(one => one !== import.meta.url)
  await belowLoading('runAsWorker()', url, above, () => loadModule(url)).catch(shorten)
  if (!served.has(url)) await whenServed(url)
  return served.get(url) as AnyFn
}

/** Who imports the worker is all of this text, by its name. */
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
// As such workers always sent them: their authors can't be told in the output of who uses them.
instanceWarnings.paused++
const shimmed = loadShims(shims, file)
// Meanwhile the caller does something else. What fails fails once more for who calls it.
load(first).catch(() => {})
