import type { PoolOptions } from '@bridge/pool'
import { pooled } from './helpers.js'

export type Objects = typeof import('./fixtures/objects.mjs')

export const OBJECTS = new URL('./fixtures/objects.mjs', import.meta.url)

/** A pool that is closed when the test ends, and the fixture's classes on it, awaited and as plain ones. */
export function keeping(options: PoolOptions = {}) {
  const { pool, tasks } = pooled(options)
  return {
    pool,
    /** What needs no object. */
    other: tasks,
    things: pool.import<Objects>(OBJECTS),
    plain: pool.importSync<Objects>(OBJECTS)
  }
}
