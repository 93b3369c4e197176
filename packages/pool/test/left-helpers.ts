import { loop, type Pool } from '@bridge/pool'
import { onTestFinished } from 'vitest'
import { pooled } from './helpers.js'

/** Where streams are left, by name. */
export const executors = {
  pool: (): Pool => pooled({ maxThreads: 1, killGrace: 20 }).pool,
  loop: (): Pool => {
    onTestFinished(() => loop.close({ drain: false }))
    return loop
  }
}

/** Reads a stream until it ends. */
export async function drained(items: AsyncIterable<unknown>, onItem = (): void => {}): Promise<void> {
  for await (const _ of items) setImmediate(onItem)
}
