import { loop, type Pool, type PoolOptions } from '@bridge/pool'
import { onTestFinished } from 'vitest'
import { pooled } from './helpers.js'

/** Where streams are left, by name. */
export const executors = {
  pool: (options: PoolOptions = {}): Pool => pooled({ maxThreads: 1, ...options }).pool,
  loop: (_options?: PoolOptions): Pool => {
    onTestFinished(() => loop.close({ drain: false }))
    return loop
  }
}

/** Reads a stream until it ends. */
export async function drained(items: AsyncIterable<unknown>, onItem = (): void => {}): Promise<void> {
  for await (const _ of items) setImmediate(onItem)
}

type Items = AsyncIterator<unknown>

/**
 * How many streams are left at once, and for how long each keeps the thread busy: together far beyond any grace, and
 * each far below it, also where the machine is busy with something else.
 */
export const STREAMS = 120
export const ENDS_IN = 5

/** Streams of which each has given an item, one after the other. */
export async function opened(make: () => AsyncIterable<unknown>): Promise<Items[]> {
  const all: Items[] = []
  for (let n = 0; n < STREAMS; n++) {
    const items = make()[Symbol.asyncIterator]()
    await items.next()
    all.push(items)
  }
  return all
}

/** Longer than `opened` takes on this machine as it is now, in milliseconds. */
export async function timeToOpen(make: () => AsyncIterable<unknown>): Promise<number> {
  const began = performance.now()
  await Promise.all((await opened(make)).map(items => items.return?.()))
  // Generous: beside a busy machine's other programs the next time may take several times as long.
  return 1000 + 8 * (performance.now() - began)
}

/** Reads on until the stream ends by its error. */
export async function readOn(items: Items): Promise<void> {
  while ((await items.next()).done !== true) await new Promise(setImmediate)
}

/** Resolves when every generator has run its `finally`, of which so many had run before. */
export async function woundUp(tasks: { finallyCount(): PromiseLike<number> }, before: number): Promise<void> {
  while ((await tasks.finallyCount()) < before + STREAMS);
}
