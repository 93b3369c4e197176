import { describe, expect, it } from 'vitest'
import { pooled, TASKS, type Tasks } from '../helpers.js'

describe('very many calls', () => {
  it('a million blocking calls one after the other each get their own answer', () => {
    const { pool } = pooled({ maxThreads: 1 })
    const { add } = pool.importSync<Tasks>(TASKS)
    for (let n = 0; n < 1_000_000; n++) {
      const sum = add(n, 1)
      if (sum !== n + 1) throw new Error(`call ${n} got ${sum}`)
    }
    expect(pool.stats().threads).toBe(1)
  }, 300_000)
})
