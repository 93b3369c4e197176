import { describe, expect, it } from 'vitest'
import { type Failing, failing, reasonOf } from './fault-paths.js'

type Path = (failing: Failing) => unknown

const spoilt = { deep: { fn: () => 1 } }

async function consume(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const seen: unknown[] = []
  for await (const item of items) seen.push(item)
  return seen
}

async function whole({ tasks, pool, threads }: Failing): Promise<void> {
  expect(await tasks.add(1, 2)).toBe(3)
  expect(tasks.add(3, 4).runSync()).toBe(7)
  expect(pool.stats()).toMatchObject({ threads: 1, queued: 0, running: 0, streams: 0 })
  expect(threads.started).toBe(1)
}

describe('what can not be cloned', () => {
  it.each<[string, Path]>([
    ['an awaited argument', ({ tasks }) => tasks.add(spoilt as never, 1)],
    ['a blocking argument', ({ plain }) => plain.add(spoilt as never, 1)],
    [
      'an argument of a future',
      ({ tasks }) =>
        tasks
          .add(spoilt as never, 1)
          .start()
          .waitSync()
    ],
    ['an argument of a stream', ({ tasks }) => consume(tasks.faultAfterOne(spoilt as never))],
    ['an argument of a constructor', ({ tasks }) => new tasks.Faulty(spoilt as never).use()],
    ['an argument of a method', ({ tasks }) => new tasks.Faulty().fault(spoilt as never)],
    ['an argument of a blocking method', ({ tasks }) => new tasks.Faulty().fault(spoilt as never).runSync()],
    ['an awaited result', ({ tasks }) => tasks.uncloneable()],
    ['an awaited result, later', ({ tasks }) => tasks.uncloneableLater()],
    ['a blocking result', ({ plain }) => plain.uncloneable()],
    ['a future result', ({ tasks }) => tasks.uncloneableLater().start().waitSync()],
    ['an item', ({ tasks }) => consume(tasks.uncloneableItem())],
    ['a blocking item', ({ plain }) => [...plain.uncloneableItem()]],
    ['an item of an object', ({ tasks }) => consume(new tasks.Faulty() as AsyncIterable<unknown>)],
    ['a result of a callback', ({ tasks }) => tasks.callBack(() => spoilt)],
    ['a result of a callback while blocked', ({ plain }) => plain.callBack(() => spoilt)],
    ['a result of an async callback', ({ tasks }) => tasks.callBackLater(async () => spoilt)],
    [
      'an item of a callback',
      ({ tasks }) =>
        tasks.drain(async function* () {
          yield spoilt
        })
    ],
    ['an argument of a callback', ({ tasks }) => tasks.passUncloneable(() => 1)],
    ['an argument of a callback while blocked', ({ plain }) => plain.passUncloneable(() => 1)]
  ])('as %s is named, and no thread is lost', async (_, run) => {
    const one = failing()
    await one.tasks.add(0, 0)
    const reason = (await reasonOf(() => run(one))) as Error
    expect(reason).toMatchObject({ name: 'NotCloneableError', code: 'BRIDGE_NOT_CLONEABLE' })
    expect(reason.message).toMatch(/deep.*fn/)
    await whole(one)
  })

  it.each<[string, Path]>([
    ['awaited', ({ tasks }) => tasks.throwUncloneable()],
    ['blocking', ({ plain }) => plain.throwUncloneable()]
  ])('as part of an error leaves the rest of the error: %s', async (_, run) => {
    const one = failing()
    const reason = await reasonOf(() => run(one))
    expect(reason).toBeInstanceOf(RangeError)
    expect(reason).toMatchObject({ message: 'out of range', kept: 1 })
    await whole(one)
  })
})

describe('throw undefined', () => {
  const throwing = (): never => {
    throw undefined
  }

  it.each<[string, Path]>([
    ['an awaited call', ({ tasks }) => tasks.throwUndefined()],
    ['a blocking call', ({ plain }) => plain.throwUndefined()],
    ['a future', ({ tasks }) => tasks.throwUndefined().start().waitSync()],
    ['a stream', ({ tasks }) => consume(tasks.throwUndefinedAfterOne())],
    ['a blocking stream', ({ plain }) => [...plain.throwUndefinedAfterOne()]],
    ['a constructor', ({ tasks }) => new tasks.ThrowsUndefined(true).use()],
    ['a method', ({ tasks }) => new tasks.ThrowsUndefined(false).use()],
    ['a blocking method', ({ tasks }) => new tasks.ThrowsUndefined(false).use().runSync()],
    ['a callback', ({ tasks }) => tasks.callBack(throwing)],
    ['a callback while blocked', ({ plain }) => plain.callBack(throwing)],
    ['an async callback', ({ tasks }) => tasks.callBackLater(async () => throwing())]
  ])('in %s arrives as undefined', async (_, run) => {
    const one = failing()
    expect(await reasonOf(() => run(one))).toBeUndefined()
    await whole(one)
  })
})
