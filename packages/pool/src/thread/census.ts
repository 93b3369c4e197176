import { availableParallelism } from 'node:os'

/**
 * How many threads of pools there are, in words that all of them share: the first counts those of the whole process,
 * each further one those below one thread on the way to this one. A thread that is ended takes the pools in it and
 * their threads with it, and can tell nobody; the word that counts them does.
 */
export type Census = readonly Int32Array<SharedArrayBuffer>[]

// Not a module's variable: the copies of this package in a thread must count together.
const slot = Symbol.for('@bridge/pool/census')
const holder = globalThis as { [slot]?: Census }

const newWord = (): Int32Array<SharedArrayBuffer> => new Int32Array(new SharedArrayBuffer(4))

function here(): Census {
  holder[slot] ??= [newWord()]
  return holder[slot]
}

/** Makes a thread count where its owner does; the first thing that a thread does. */
export function joinCensus(census: Census): void {
  holder[slot] = census
}

/** The most threads, process-wide, that pools inside of threads may bring them to, beside one thread each. */
const told = Number(process.env.BRIDGE_MAX_THREADS) || undefined
const bound = told ?? Math.max(16, 4 * availableParallelism())

/**
 * Whether a pool that has `own` threads may start one more. One of the main thread may always; one inside a thread has
 * a first thread for sure, so that nothing waits for ever, and more while the process has fewer than the bound.
 */
export function mayStart(own: number): boolean {
  const [all, ...above] = here()
  return own === 0 || above.length === 0 || Atomics.load(all as Int32Array, 0) < bound
}

/**
 * As many threads as may be there that were started one inside of the other, where the environment says how many and this
 * thread is the last of them; each may be waiting for the next.
 */
export function deepestHere(): number | undefined {
  const depth = here().length - 1
  return told !== undefined && depth >= told ? told : undefined
}

/** Counts a new thread, and gives the census it must join. */
export function count(): Census {
  const words = here()
  for (const word of words) Atomics.add(word, 0, 1)
  return [...words, newWord()]
}

/** The thread that was given this census has ended, and with it every thread below. */
export function discount(census: Census): void {
  const ended = 1 + Atomics.load(census.at(-1) as Int32Array, 0)
  for (const word of census.slice(0, -1)) Atomics.sub(word, 0, ended)
}
