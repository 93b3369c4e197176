import { sendStream } from '@bridge/iter'
import { createPool, loop, type Pool } from '@bridge/pool'
import { describe, expect, it, onTestFinished } from 'vitest'
import { latch, rejection } from './helpers.js'

type Tasks = typeof import('./fixtures/pipeline-tasks.mjs')

const PIPELINE = new URL('./fixtures/pipeline-tasks.mjs', import.meta.url)
const ITEMS = 20
const TOTAL = 190

const executors: Record<string, () => Pool> = {
  'a pool of one thread': () => createPool({ maxThreads: 1 }),
  'a pool of two threads': () => createPool({ maxThreads: 2 }),
  loop: () => loop
}

function tasksOn(make: () => Pool) {
  const pool = make()
  onTestFinished(() => pool.close({ drain: false }))
  return pool.import<Tasks>(PIPELINE)
}

/** A stream each of whose items is made by a call on the pool that reads it. */
async function* madeThere(make: (n: number) => PromiseLike<number>) {
  for (let n = 0; n < ITEMS; n++) yield await make(n)
}

function* madeThereBlocked(make: (n: number) => number) {
  for (let n = 0; n < ITEMS; n++) yield make(n)
}

describe.each(Object.entries(executors))(
  'a stream whose items its reader’s executor makes, on %s',
  (_, make) => {
    it('is read to its end, as many at once as there are threads and more', async () => {
      const tasks = tasksOn(make)
      const read = [1, 2, 3].map(() => tasks.sum(sendStream(madeThere(n => tasks.id(n)))))
      expect(await Promise.all(read)).toEqual([TOTAL, TOTAL, TOTAL])
      expect(await tasks.sum(sendStream(madeThere(n => tasks.idLater(n))))).toBe(TOTAL)
    })

    it('is read by a thread that blocks, and made by a caller that does', async () => {
      const tasks = tasksOn(make)
      const blocking = (n: number) => tasks.id(n).runSync()
      expect(await tasks.sumBlocked(sendStream(madeThere(n => tasks.id(n))))).toBe(TOTAL)
      expect(await tasks.sumBlocked(sendStream(madeThereBlocked(blocking)))).toBe(TOTAL)
      expect(await tasks.sum(sendStream(madeThereBlocked(blocking)))).toBe(TOTAL)
      expect(tasks.sumBlocked(sendStream(madeThereBlocked(blocking))).runSync()).toBe(TOTAL)
      expect(tasks.sum(sendStream(madeThereBlocked(blocking))).runSync()).toBe(TOTAL)
    })

    it('may be made of a stream from there, and be one of several', async () => {
      const tasks = tasksOn(make)
      const through = async function* () {
        for await (const n of tasks.upTo(ITEMS)) yield n
      }
      const inner = (n: number) => tasks.sum(sendStream([n, 0]))
      expect(await tasks.sum(sendStream(through()))).toBe(TOTAL)
      expect(await tasks.sum(sendStream(madeThere(inner)))).toBe(TOTAL)
    })
  }
)

describe('an item that is made by a call', () => {
  it('of another pool, which reads a stream whose items the first pool makes, arrives', async () => {
    const first = tasksOn(() => createPool({ maxThreads: 1 }))
    const second = tasksOn(() => createPool({ maxThreads: 1 }))
    const through = (n: number) =>
      second.sum(
        sendStream(
          (async function* () {
            yield await first.id(n)
          })()
        )
      )
    expect(await first.sum(sendStream(madeThere(through)))).toBe(TOTAL)
  })

  it('waits for a thread that gets free, if its reader blocks its own thread', async () => {
    const pool = createPool({ maxThreads: 2 })
    onTestFinished(() => pool.close({ drain: false }))
    const tasks = pool.import<Tasks>(PIPELINE)
    const { word, open } = latch()
    const holding = tasks.hold(word)
    await null
    Atomics.wait(word, 1, 0)
    const read = tasks.sumBlocked(sendStream(madeThere(n => tasks.idLater(n)))).start()
    await expect.poll(() => pool.stats().queued).toBe(1)
    open()
    expect(await read).toBe(TOTAL)
    await holding
  })

  it('goes to a thread that has room, and not to its reader', async () => {
    const tasks = tasksOn(() => createPool({ maxThreads: 2, minThreads: 2, concurrencyPerThread: 2 }))
    const { word, open } = latch()
    const holding = tasks.holdLater(word)
    expect(await tasks.sumBlocked(sendStream(madeThere(n => tasks.idLater(n))))).toBe(TOTAL)
    open()
    await holding
  })
})

it('that only a blocked reader could produce asynchronously is a DeadlockError that names it', async () => {
  for (const make of [() => createPool({ maxThreads: 1 }), () => loop]) {
    const tasks = tasksOn(make)
    const error = await rejection(tasks.sumBlocked(sendStream(madeThere(n => tasks.idLater(n)))))
    expect(error).toMatchObject({ name: 'DeadlockError', message: expect.stringContaining('idLater()') })
    expect(await tasks.id(1)).toBe(1)
  }
})
