import { availableParallelism } from 'node:os'

/**
 * How many threads of pools exist, in words that all of them share: the first counts those of the whole process, each
 * further word those below one thread on the path to this thread. A terminated thread ends the pools in it and their
 * threads, and can't report that; the word that counts them shows it.
 */
export type ThreadCount = readonly Int32Array<SharedArrayBuffer>[]

// Not a module's variable: all copies of this package on a thread must use the same words.
const slot = Symbol.for('@bridge/pool/thread-count')
const holder = globalThis as { [slot]?: ThreadCount }

const newWord = (): Int32Array<SharedArrayBuffer> => new Int32Array(new SharedArrayBuffer(4))

function here(): ThreadCount {
  holder[slot] ??= [newWord()]
  return holder[slot]
}

/** Makes a thread count where its parent counts; the first thing that a thread does. */
export function joinThreadCount(threadCount: ThreadCount): void {
  holder[slot] = threadCount
}

/** The most threads, process-wide, that pools inside threads may start in addition to their first ones. */
const maxThreads = Number(process.env.BRIDGE_MAX_THREADS) || undefined
const bound = maxThreads ?? Math.max(16, 4 * availableParallelism())

/**
 * Whether a pool that has `own` threads may start one more. A pool of the main thread always may; a pool inside a
 * thread may always start its first thread, so that nothing waits for ever, and more while the process has fewer than
 * the limit.
 */
export function mayStart(own: number): boolean {
  const [all, ...above] = here()
  return own === 0 || above.length === 0 || Atomics.load(all as Int32Array, 0) < bound
}

/**
 * The maximum number of nested threads, if the environment sets one and this thread is the last of them; each may be
 * waiting for the next.
 */
export function deepestHere(): number | undefined {
  const depth = here().length - 1
  return maxThreads !== undefined && depth >= maxThreads ? maxThreads : undefined
}

/** Counts a new thread, and returns the words that it must join. */
export function count(): ThreadCount {
  const words = here()
  for (const word of words) Atomics.add(word, 0, 1)
  return [...words, newWord()]
}

/** The thread with these words has ended, and with it every thread below. */
export function discount(threadCount: ThreadCount): void {
  const ended = 1 + Atomics.load(threadCount.at(-1) as Int32Array, 0)
  for (const word of threadCount.slice(0, -1)) Atomics.sub(word, 0, ended)
}
