import { runScope } from '@bridge/core'
import { loop, type Pool } from '@bridge/pool'
import { describe, expect, it, onTestFinished } from 'vitest'
import { pooled, rejection, TASKS, type Tasks, thrown } from './helpers.js'

type Items = AsyncIterator<unknown>

/**
 * How many streams are left at once, and for how long each keeps the thread busy: together far beyond any grace, and
 * each far below it, also where the machine is busy with something else.
 */
const STREAMS = 120
const ENDS_IN = 5

const executors = {
  pool: (): Pool => pooled({ maxThreads: 1 }).pool,
  loop: (): Pool => {
    onTestFinished(() => loop.close({ drain: false }))
    return loop
  }
}

const kinds = ['endsSlowly', 'endsSlowlyLater'] as const

/** Streams of which each has given an item, one after the other. */
async function opened(make: () => AsyncIterable<unknown>): Promise<Items[]> {
  const all: Items[] = []
  for (let n = 0; n < STREAMS; n++) {
    const items = make()[Symbol.asyncIterator]()
    await items.next()
    all.push(items)
  }
  return all
}

/** Longer than `opened` takes on this machine as it is now, in milliseconds. */
async function timeToOpen(make: () => AsyncIterable<unknown>): Promise<number> {
  const began = performance.now()
  await Promise.all((await opened(make)).map(items => items.return?.()))
  return 300 + 4 * (performance.now() - began)
}

/** Reads on until the stream ends by its error. */
async function readOn(items: Items): Promise<void> {
  while ((await items.next()).done !== true) await new Promise(setImmediate)
}

/** Resolves when every generator has run its `finally`, of which so many had run before. */
async function woundUp(tasks: { finallyCount(): PromiseLike<number> }, before: number): Promise<void> {
  while ((await tasks.finallyCount()) < before + STREAMS);
}

describe.each(['pool', 'loop'] as const)('a thread of %s', name => {
  it.each(kinds)(
    'that winds up many generators (%s) that were left at once is not taken for stuck',
    async kind => {
      const tasks = executors[name]().import<Tasks>(TASKS)
      const [thread, before] = [await tasks.thread(), await tasks.finallyCount()]
      const all = await opened(() => tasks[kind](ENDS_IN))
      await Promise.all(all.map(items => items.return?.()))
      await woundUp(tasks, before)
      expect(await tasks.thread()).toBe(thread)
    }
  )

  it.each(kinds)('that winds up many generators (%s) of one signal is not taken for stuck', async kind => {
    const tasks = executors[name]().import<Tasks>(TASKS)
    const [thread, before] = [await tasks.thread(), await tasks.finallyCount()]
    const stop = new AbortController()
    const all = await opened(() => tasks[kind](ENDS_IN).with({ signal: stop.signal }))
    const reason = new Error('the client has gone')
    stop.abort(reason)
    expect(new Set(await Promise.all(all.map(items => rejection(readOn(items)))))).toEqual(new Set([reason]))
    await woundUp(tasks, before)
    expect(await tasks.thread()).toBe(thread)
  })

  it('that winds up many generators of one deadline is not taken for stuck', async () => {
    const tasks = executors[name]().import<Tasks>(TASKS)
    const timeout = await timeToOpen(() => tasks.numbersLater(2))
    const [thread, before] = [await tasks.thread(), await tasks.finallyCount()]
    const all = await runScope({ timeout }, () => opened(() => tasks.endsSlowly(ENDS_IN)))
    await Promise.all(all.map(items => rejection(readOn(items))))
    await woundUp(tasks, before)
    expect(await tasks.thread()).toBe(thread)
  })

  it('that winds up many generators is not taken for stuck by a blocked caller', async () => {
    const pool = executors[name]()
    const tasks = pool.import<Tasks>(TASKS)
    const blocking = pool.importSync<Tasks>(TASKS)
    const timeout = await timeToOpen(() => tasks.numbersLater(2))
    const [thread, before] = [blocking.thread(), blocking.finallyCount()]
    const deadline = Date.now() + timeout
    const all = await runScope({ deadline }, () => opened(() => tasks.endsSlowly(ENDS_IN)))
    expect(thrown(() => [...tasks.endsSlowly(ENDS_IN).with({ timeout })])).toMatchObject({
      code: 'BRIDGE_TIMEOUT'
    })
    while (blocking.finallyCount() < before + STREAMS);
    expect(blocking.thread()).toBe(thread)
    await Promise.all(all.map(items => rejection(readOn(items))))
  })
})

describe('a call beside many generators that are left at once', () => {
  it('is told to stop when its thread comes to it, and cleans up', async () => {
    const { tasks } = pooled({ maxThreads: 1, concurrencyPerThread: 2 })
    const thread = await tasks.thread()
    const stop = new AbortController()
    const all = await opened(() => tasks.endsSlowly(ENDS_IN).with({ signal: stop.signal }))
    const call = rejection(tasks.waitForAbort().with({ signal: stop.signal }).start())
    await tasks.add(0, 0)
    const reason = new Error('the client has gone')
    stop.abort(reason)
    expect(await call).toBe(reason)
    await Promise.all(all.map(items => rejection(readOn(items))))
    while ((await tasks.finallyCount()) < STREAMS + 1);
    expect(await tasks.thread()).toBe(thread)
  })

  it('that goes on although it was told loses its thread', async () => {
    const { tasks } = pooled({ maxThreads: 1, concurrencyPerThread: 2 })
    const thread = await tasks.thread()
    const stop = new AbortController()
    await opened(() => tasks.endsSlowly(1).with({ signal: stop.signal }))
    const call = rejection(tasks.spinForever().with({ signal: stop.signal, timeout: 300 }).start())
    expect(await call).toMatchObject({ code: 'BRIDGE_TIMEOUT' })
    expect(await tasks.thread()).not.toBe(thread)
  })
})

describe('a generator that never ends', () => {
  it('loses its thread although many others were left with it', async () => {
    const { tasks } = pooled({ maxThreads: 1 })
    const all = await opened(() => tasks.endsSlowly(1))
    const stuck = tasks.spinsInFinally()[Symbol.asyncIterator]()
    await stuck.next()
    const left = all.map(items => items.return?.())
    expect(await rejection(stuck.return?.() as Promise<unknown>)).toMatchObject({
      code: 'BRIDGE_WORKER_LOST'
    })
    await Promise.allSettled(left)
    expect(await tasks.add(1, 2)).toBe(3)
  })
})
