import { parallelMap } from '@bridge/core'
import { sendStream } from '@bridge/iter'
import { createPool, loop, type Pool, type PoolOptions } from '@bridge/pool'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { latch, rejection } from './helpers.js'

type Tasks = typeof import('./fixtures/waiting-tasks.mjs')

const TASKS = new URL('./fixtures/waiting-tasks.mjs', import.meta.url)

function pooled(options: PoolOptions = {}) {
  const pool = createPool({ maxThreads: 1, ...options })
  onTestFinished(() => pool.close({ drain: false }))
  return { pool, tasks: pool.import<Tasks>(TASKS) }
}

/** A promise that the test resolves. */
function gate() {
  let open = (): void => {}
  const isOpen = new Promise<void>(resolve => {
    open = resolve
  })
  return { isOpen, open }
}

/** What each of `count` callers awaits resolves when all of them are there. */
function meeting(count: number) {
  const { isOpen, open } = gate()
  let there = 0
  return () => {
    if (++there === count) open()
    return isOpen
  }
}

const turn = (): Promise<void> => new Promise(setImmediate)

/** Resolves when no call waits for a thread any more. */
const isSent = (pool: Pool): Promise<void> => vi.waitFor(() => expect(pool.stats().queued).toBe(0))

const codesOf = async (calls: PromiseLike<unknown>[]): Promise<unknown[]> =>
  (await Promise.allSettled(calls)).map(ended =>
    ended.status === 'fulfilled' ? ended.value : ended.reason.code
  )

describe('a call that is made in a callback and that the callback does not wait for', () => {
  it.each([
    ['a pool', () => pooled().tasks],
    ['the loop', () => loop.import<Tasks>(TASKS)]
  ])('runs when the callback has returned, whose thread is blocked until then, on %s', async (_on, make) => {
    onTestFinished(() => loop.close())
    const tasks = make()
    let call: PromiseLike<unknown> | undefined
    const inside: (() => unknown)[] = [
      () => {
        call = tasks.addLater(1, 2)
      },
      () => {
        call = tasks.addLater(1, 2).start()
      },
      () => {
        call = tasks.addLater(1, 2).then(sum => sum)
      }
    ]
    for (const begin of inside) {
      const callback = async (): Promise<string> => {
        begin()
        await turn()
        return 'returned'
      }
      expect(await tasks.waitFor(callback as never)).toBe('returned')
      expect(await call).toBe(3)
    }
  })

  it('runs after it on the same object, too, in the order of making', async () => {
    const { tasks } = pooled()
    const box = new tasks.Box()
    let later: PromiseLike<unknown> | undefined
    const callback = async (): Promise<void> => {
      later = box.getLater().start()
      await turn()
    }
    await box.waitFor(callback as never)
    expect(await later).toBe(0)
    const seen = await box.callNow(() => {
      later = box.getLater().start()
      box.set(3).start()
      return box.get().runSync()
    })
    expect(seen).toBe(3)
    expect(await later).toBe(3)
  })

  it('runs after a generator whose items are waited for, awaited or by a blocked caller', async () => {
    const { tasks } = pooled()
    let call: PromiseLike<unknown> | undefined
    const items = function* () {
      call = tasks.addLater(1, 2).start()
      yield 1
      yield 2
    }
    expect(await tasks.sumOf(items)).toBe(3)
    expect(await call).toBe(3)
    expect(tasks.sumOf(items).runSync()).toBe(3)
    expect(await call).toBe(3)
  })

  it('runs after a stream that a blocking for reads', async () => {
    const { pool, tasks } = pooled()
    let call: PromiseLike<unknown> | undefined
    const items = async function* () {
      call = tasks.addLater(1, 2).start()
      await isSent(pool)
      yield 1
      yield 2
    }
    expect(await tasks.sumBlocked(sendStream(items()))).toBe(3)
    expect(await call).toBe(3)
  })

  it('runs after it if code beside the callback awaits the call', async () => {
    const { tasks } = pooled()
    let beside: Promise<unknown> | undefined
    const callback = async (): Promise<string> => {
      beside = (async () => (await tasks.addLater(1, 2)) + 1)()
      await turn()
      return 'returned'
    }
    expect(await tasks.waitFor(callback as never)).toBe('returned')
    expect(await beside).toBe(4)
  })

  it('ends by its own limits meanwhile, and does not end its thread', async () => {
    const { pool, tasks } = pooled()
    const callback = async (): Promise<unknown> => {
      const call = tasks.addLater(1, 2).start()
      await turn()
      call.cancel()
      return [(await rejection(call)).code, (await rejection(tasks.addLater(1, 2).with({ timeout: 5 }))).code]
    }
    expect(await tasks.waitFor(callback as never)).toEqual(['BRIDGE_ABORTED', 'BRIDGE_TIMEOUT'])
    expect(await tasks.add(1, 2)).toBe(3)
    expect(pool.stats().ended.byCause).toEqual({})
  })
})

describe('a call that a callback waits for, whose thread is blocked by the callback', () => {
  it('is a DeadlockError in every form of waiting, and the pool continues', async () => {
    const { tasks } = pooled()
    const waits: (() => Promise<unknown>)[] = [
      async () => await tasks.addLater(1, 2),
      async () => tasks.addLater(1, 2),
      async () => {
        const call = tasks.addLater(1, 2).start()
        await turn()
        return await call
      },
      async () => Promise.all([tasks.addLater(1, 2)]),
      async () => parallelMap([1], n => tasks.addLater(n, 2)),
      async () => {
        for await (const n of tasks.upTo(3)) return n
      }
    ]
    for (const wait of waits) {
      const error = await rejection(tasks.waitFor(wait as never))
      expect(error).toMatchObject({ code: 'BRIDGE_DEADLOCK' })
      expect(error.message).toContain('maxThreads')
    }
    expect(await tasks.add(1, 2)).toBe(3)
  }, 20_000)

  it('runs on a waiting thread whose event loop turns', async () => {
    const { tasks } = pooled({ maxThreads: 2, minThreads: 2 })
    const begun = gate()
    const end = gate()
    const waiting = tasks.callLater(async () => {
      begun.open()
      await end.isOpen
      return 'ended'
    })
    waiting.catch(() => {})
    await begun.isOpen
    expect(await tasks.waitFor((async () => await tasks.addLater(1, 2)) as never)).toBe(3)
    end.open()
    expect(await waiting).toBe('ended')
  })

  it('runs on an idle thread that holds objects', async () => {
    for (const concurrencyPerThread of [1, 2]) {
      const { tasks } = pooled({ maxThreads: 2, concurrencyPerThread })
      const box = new tasks.Box()
      await box.set(1)
      expect(await tasks.callNow(() => tasks.addLater(1, 2).runSync())).toBe(3)
      expect(await tasks.waitFor((async () => await tasks.addLater(1, 2)) as never)).toBe(3)
      const items = async function* () {
        yield await tasks.addLater(1, 2)
      }
      expect(await tasks.sumBlocked(sendStream(items()))).toBe(3)
      expect(await box.get()).toBe(1)
    }
  })

  it('is no deadlock if only another stream blocks its thread for a moment', async () => {
    const { tasks } = pooled({ concurrencyPerThread: 2 })
    const { word } = latch()
    const isBlocking = gate()
    const mayGoOn = gate()
    const first = async function* () {
      await isBlocking.isOpen
      const call = tasks.signalAndAdd(word, 1, 2).start()
      // It has begun there, and can't end before the other stream has gone on.
      await vi.waitFor(() => expect(Atomics.load(word, 1)).toBe(1))
      mayGoOn.open()
      yield await call
    }
    const second = async function* () {
      isBlocking.open()
      await mayGoOn.isOpen
      yield 4
    }
    const reading = tasks.sum(sendStream(first()))
    expect(await Promise.all([reading, tasks.sumBlocked(sendStream(second()))])).toEqual([3, 4])
  })
})

describe('a queue in which no call may wait', () => {
  it('refuses none that runs inside of a thread which waits for it', async () => {
    const { tasks } = pooled({ maxQueue: 0 })
    expect(await tasks.callNow(() => tasks.add(1, 2).runSync())).toBe(3)
    expect(await tasks.callLater(async () => await tasks.addLater(1, 2))).toBe(3)
    expect(await tasks.waitFor((async () => await tasks.add(1, 2)) as never)).toBe(3)
    const items = async function* () {
      yield await tasks.add(1, 2)
    }
    expect(await tasks.sum(sendStream(items()))).toBe(3)
  })

  it('refuses another call beside it', async () => {
    const { tasks } = pooled({ maxQueue: 0 })
    const begun = gate()
    const end = gate()
    const waiting = tasks.callLater(async () => {
      begun.open()
      await end.isOpen
      return await tasks.addLater(1, 2)
    })
    waiting.catch(() => {})
    await begun.isOpen
    expect(await rejection(tasks.add(1, 2))).toMatchObject({ code: 'BRIDGE_QUEUE_FULL' })
    end.open()
    expect(await waiting).toBe(3)
  })
})

describe('two calls that wait for each other by way of their callbacks', () => {
  /** A pool whose two threads have a key each. */
  async function keyed() {
    const { tasks } = pooled({ maxThreads: 2, minThreads: 2 })
    await Promise.all(['a', 'b'].map(affinity => tasks.add(1, 2).with({ affinity })))
    return tasks
  }

  it("end, if each needs the thread of the other call's key and both event loops turn", async () => {
    const tasks = await keyed()
    const met = meeting(2)
    const call = (own: string, other: string) =>
      tasks
        .callLater(async () => {
          await met()
          return await tasks.addLater(1, 2).with({ affinity: other })
        })
        .with({ affinity: own })
    expect(await Promise.all([call('a', 'b'), call('b', 'a')])).toEqual([3, 3])
  })

  it('end, or one gets the error with the cycle, if both threads are blocked', async () => {
    const tasks = await keyed()
    const call = (own: string, other: string, name: 'add' | 'addLater', met: () => Promise<void>) => {
      const callback = async (): Promise<unknown> => {
        await met()
        return await tasks[name](1, 2).with({ affinity: other })
      }
      return tasks.waitFor(callback as never).with({ affinity: own })
    }
    let met = meeting(2)
    expect(await codesOf([call('a', 'b', 'add', met), call('b', 'a', 'add', met)])).toEqual([3, 3])
    met = meeting(2)
    const ended = await codesOf([call('a', 'b', 'addLater', met), call('b', 'a', 'addLater', met)])
    expect(ended.sort()).toEqual([3, 'BRIDGE_DEADLOCK'])
  })

  it('end, or one gets the error with the cycle, if both are calls of objects', async () => {
    const { tasks } = pooled({ maxThreads: 3, minThreads: 3 })
    const [one, other] = [new tasks.Box(), new tasks.Box()]
    await Promise.all([one.set(1), other.set(1)])
    const cycle = async (name: 'get' | 'getLater') => {
      const met = meeting(2)
      const call = (box: typeof one, needed: typeof one) => {
        const callback = async (): Promise<unknown> => {
          await met()
          return await needed[name]()
        }
        return box.waitFor(callback as never)
      }
      return (await codesOf([call(one, other), call(other, one)])).sort()
    }
    expect(await cycle('get')).toEqual([1, 1])
    expect(await cycle('getLater')).toEqual([1, 'BRIDGE_DEADLOCK'])
  })

  it('end, or one gets the error with the cycle, if they are calls of two pools', async () => {
    const { tasks: one } = pooled()
    const { tasks: other } = pooled()
    const cycle = async (way: 'callLater' | 'waitFor', name: 'add' | 'addLater') => {
      const met = meeting(2)
      const call = (own: typeof one, needed: typeof one) => {
        const callback = async (): Promise<unknown> => {
          await met()
          return await needed[name](1, 2)
        }
        return own[way](callback as never) as PromiseLike<unknown>
      }
      return (await codesOf([call(one, other), call(other, one)])).sort()
    }
    expect(await cycle('callLater', 'addLater')).toEqual([3, 3])
    expect(await cycle('waitFor', 'add')).toEqual([3, 3])
    expect(await cycle('waitFor', 'addLater')).toEqual([3, 'BRIDGE_DEADLOCK'])
  })

  it('end, if a callback waits for a call that was made outside of it', async () => {
    const { tasks } = pooled()
    await tasks.add(1, 2)
    let made: PromiseLike<number> | undefined
    const waiting = tasks.waitFor((async () => await made) as never)
    made = tasks.add(1, 2)
    expect(await Promise.all([waiting, made])).toEqual([3, 3])
  })
})
