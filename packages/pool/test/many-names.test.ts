import { TaskNotFoundError } from '@bridge/core'
import { describe, expect, it } from 'vitest'
import { pooled } from './helpers.js'

describe('a thread that was asked for more names than are remembered', () => {
  it('still runs the right function, by message and by the ring', async () => {
    const { tasks, call } = pooled({ maxThreads: 1 })
    expect(await tasks.add(1, 2)).toBe(3)
    for (let round = 0; round < 10; round++) {
      const wrong = Array.from({ length: 1000 }, (_, n) => call(`wrong${round * 1000 + n}`))
      const right = [tasks.add(round, 1), tasks.addLater(round, 2), tasks.addPromised(round, 3)]
      const ended = await Promise.allSettled(wrong)
      expect(ended.every(one => one.status === 'rejected' && one.reason instanceof TaskNotFoundError)).toBe(
        true
      )
      expect(await Promise.all(right)).toEqual([round + 1, round + 2, round + 3])
      expect([tasks.add(round, 4).runSync(), tasks.add(round, 5).runSync()]).toEqual([round + 4, round + 5])
    }
  })
})
