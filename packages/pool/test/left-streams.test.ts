import { runScope } from '@bridge/core'
import type { Pool } from '@bridge/pool'
import { describe, expect, it } from 'vitest'
import { pooled, rejection, TASKS, type Tasks, threadEvents } from './helpers.js'
import { drained, executors } from './left-helpers.js'

type Things = typeof import('./fixtures/objects.mjs')

const OBJECTS = new URL('./fixtures/objects.mjs', import.meta.url)

/** A thread with another stream and an object on it, and how they are seen to be what they were. */
async function inhabited(pool: Pool) {
  const tasks = pool.import<Tasks>(TASKS)
  const { Thing } = pool.import<Things>(OBJECTS)
  const thread = await tasks.thread()
  const thing = new Thing(1)
  const other = tasks.asOpened()[Symbol.asyncIterator]()
  const next = other.next()
  await thing.add(1)
  return {
    tasks,
    async goOn() {
      await tasks.open('continues')
      expect(await next).toEqual({ done: false, value: 'continues' })
      expect(await thing.add(1)).toBe(3)
      expect(await tasks.thread()).toBe(thread)
      await Promise.all([other.return(undefined as never), thing[Symbol.asyncDispose]()])
    }
  }
}

const ways: Record<string, (tasks: Awaited<ReturnType<typeof inhabited>>['tasks']) => Promise<unknown>> = {
  'its timeout': tasks => drained(tasks.waitsForever().with({ timeout: 30 })),
  'its itemTimeout': tasks => drained(tasks.waitsForever().with({ itemTimeout: 30 })),
  'its timeout before the first item': tasks => drained(tasks.silent().with({ timeout: 30 })),
  'its signal': tasks => {
    const controller = new AbortController()
    return drained(tasks.waitsForever().with({ signal: controller.signal }), () => controller.abort())
  },
  "its scope's deadline": tasks => runScope({ timeout: 30 }, () => drained(tasks.waitsForever())),
  'return() while it is waited for': async tasks => {
    const items = tasks.waitsForever()[Symbol.asyncIterator]()
    await items.next()
    const pull = items.next()
    await items.return(undefined as never)
    expect(await pull).toEqual({ done: true, value: undefined })
    throw new Error('returned')
  },
  'its timeout in a blocking for': async tasks => {
    for (const _ of tasks.waitsForever().with({ timeout: 30 }));
  },
  'its itemTimeout in a blocking for': async tasks => {
    for (const _ of tasks.waitsForever().with({ itemTimeout: 30 }));
  },
  'break in a blocking for': async tasks => {
    for (const _ of tasks.waitsForever()) break
    throw new Error('left')
  }
}

describe.each(['pool', 'loop'] as const)('a stream of %s that merely waits', name => {
  it.each(Object.keys(ways))('is left by %s, and everything else on its thread continues', async way => {
    const pool = executors[name]({ killGrace: 20 })
    const { tasks, goOn } = await inhabited(pool)
    await rejection((ways[way] as (typeof ways)[string])(tasks))
    // One that was out of time before it was open is left a moment later.
    await expect.poll(() => pool.stats().streams).toBe(1)
    await goOn()
  })

  it('is not taken for the reason of a long step of another stream', async () => {
    const pool = executors[name]({ killGrace: 20 })
    const { tasks, goOn } = await inhabited(pool)
    const slow = tasks.slowSecond(1500)[Symbol.asyncIterator]()
    await slow.next()
    const second = slow.next()
    await rejection(drained(tasks.waitsForever().with({ timeout: 30 })))
    expect(await second).toEqual({ done: false, value: 1 })
    await goOn()
  })

  it('is not taken for the reason of a long call', async () => {
    const pool = executors[name]({ killGrace: 20 })
    const { tasks, goOn } = await inhabited(pool)
    await rejection(drained(tasks.waitsForever().with({ timeout: 30 })))
    await tasks.spin(1500)
    await goOn()
  })

  it("aborts its task's signal also if it was closed before", async () => {
    const { tasks, goOn } = await inhabited(executors[name]({ killGrace: 20 }))
    const before = await tasks.finallyCount()
    const controller = new AbortController()
    const items = tasks.pendingForever().with({ signal: controller.signal })[Symbol.asyncIterator]()
    await items.next()
    const returned = items.return(undefined as never)
    const reason = new Error('gone')
    controller.abort(reason)
    expect(await rejection(returned)).toBe(reason)
    expect(await tasks.finallyCount()).toBe(before + 1)
    await goOn()
  })
})

describe('a thread whose streams were left', () => {
  it('is ended by idleTimeout', async () => {
    const name = 'left and idle'
    const events = threadEvents(name)
    const { tasks } = pooled({ name, minThreads: 0, idleTimeout: 50, killGrace: 5 })
    // Its module is loaded before, which keeps a thread busy for longer than that grace.
    await tasks.add(1, 2)
    await rejection(drained(tasks.waitsForever().with({ timeout: 30 })))
    await events.ended(1)
    expect(events.events.at(-1)).toMatchObject({ cause: 'idle' })
  })

  it('is ended by idleTimeout if they were discarded unread', async () => {
    const name = 'dropped and idle'
    const events = threadEvents(name)
    const { tasks } = pooled({ name, minThreads: 0, idleTimeout: 50, killGrace: 5 })
    await (async () => {
      await tasks.waitsForever()[Symbol.asyncIterator]().next()
    })()
    const { setFlagsFromString } = await import('node:v8')
    setFlagsFromString('--expose-gc')
    const gc = (await import('node:vm')).runInNewContext('gc') as () => void
    const collecting = setInterval(gc, 20)
    await events.ended(1)
    clearInterval(collecting)
    expect(events.events.at(-1)).toMatchObject({ cause: 'idle' })
  })
})
