import { describe, expect, it } from 'vitest'
import { type Failing, failing, reasonOf } from './fault-paths.js'
import { thrown } from './helpers.js'

const never = (): Promise<number> => new Promise(() => {})

const consume = async (items: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of items);
}

/** What never ends by itself, by the way it is waited for. */
const endless: readonly (readonly [what: string, run: (failing: Failing, timeout: number) => unknown])[] = [
  ['a task that spins', ({ tasks }, timeout) => tasks.spinForever().with({ timeout })],
  ['a task that ignores its signal', ({ tasks }, timeout) => tasks.ignoresAbort().with({ timeout })],
  ['a stream that spins', ({ tasks }, timeout) => consume(tasks.spinsAfterOne().with({ timeout }))],
  ['a task that awaits a callback', ({ tasks }, timeout) => tasks.callBackLater(never).with({ timeout })],
  [
    'a task that waits for a callback',
    ({ tasks }, timeout) => tasks.waitForCallback(async () => never()).with({ timeout })
  ],
  ['a method', ({ tasks }, timeout) => new tasks.Faulty().use().with({ timeout })]
]

async function whole({ tasks, pool }: Failing): Promise<void> {
  expect(await tasks.add(1, 2)).toBe(3)
  expect(tasks.add(3, 4).runSync()).toBe(7)
  expect(pool.stats()).toMatchObject({ threads: 1, queued: 0, running: 0, streams: 0 })
}

describe.each(endless)('%s without an end', (_, run) => {
  it('is ended by its timeout, and the pool works again', async () => {
    const one = failing()
    await one.tasks.add(0, 0)
    expect(await reasonOf(() => run(one, 30))).toMatchObject({ code: 'BRIDGE_TIMEOUT' })
    await whole(one)
  })

  it('is ended by close() without drain', async () => {
    const one = failing()
    await one.tasks.add(0, 0)
    const reason = reasonOf(() => run(one, 100_000))
    // Short as it is, it may have been sent ahead to a thread that only awaits something.
    const later = one.tasks.add(1, 2).then(
      value => value,
      error => error.code
    )
    await one.pool.close({ drain: false })
    expect(await reason).toMatchObject({ code: 'BRIDGE_CLOSED' })
    expect([3, 'BRIDGE_CLOSED']).toContain(await later)
    expect(one.pool.stats()).toMatchObject({ threads: 0, queued: 0, running: 0, streams: 0 })
  })
})

describe.each<[string, (failing: Failing) => unknown]>([
  ['a task that spins', ({ tasks }) => tasks.spinForever().with({ timeout: 30 }).runSync()],
  ['a task that ignores its signal', ({ tasks }) => tasks.ignoresAbort().with({ timeout: 30 }).runSync()],
  ['a stream that spins', ({ tasks }) => [...tasks.spinsAfterOne().with({ timeout: 30 })]],
  ['a method', ({ tasks }) => new tasks.Faulty().use().with({ timeout: 30 }).runSync()]
])('%s without an end, blocking', (_, run) => {
  it('is ended by its timeout, and the pool works again', async () => {
    const one = failing()
    one.tasks.add(0, 0).runSync()
    expect(thrown(() => run(one))).toMatchObject({ code: 'BRIDGE_TIMEOUT' })
    await whole(one)
  })
})

describe('a callback that runs while its thread', () => {
  it('is closed, blocking: its caller gets the error, and its value is discarded', async () => {
    const one = failing()
    let closed: Promise<void> | undefined
    const error = thrown(() =>
      one.plain.callBack(() => {
        closed = one.pool.close({ drain: false })
        return 1
      })
    )
    expect(error).toMatchObject({ code: 'BRIDGE_CLOSED' })
    await closed
    expect(one.pool.stats().threads).toBe(0)
  })

  it('is closed, awaited: its caller gets the error', async () => {
    const one = failing()
    const reason = reasonOf(() =>
      one.tasks.callBack(() => {
        void one.pool.close({ drain: false })
        return 1
      })
    )
    expect(await reason).toMatchObject({ code: 'BRIDGE_CLOSED' })
  })

  it('is killed by the timeout of its call, while it blocks on another: both end', async () => {
    const one = failing({ maxThreads: 2 })
    await one.tasks.add(0, 0)
    let inner: unknown
    const call = one.tasks
      .callBack(() => {
        inner = one.plain.spin(300)
        return 1
      })
      .with({ timeout: 50 })
    expect(await reasonOf(() => call)).toMatchObject({ code: 'BRIDGE_TIMEOUT' })
    expect(inner).toBe(300)
    expect(await one.tasks.add(1, 2)).toBe(3)
    expect(one.pool.stats()).toMatchObject({ queued: 0, running: 0 })
  })

  it('ends by another call there, asynchronous: the call fails, and the late value is discarded', async () => {
    const one = failing({ concurrencyPerThread: 2 })
    let answer: (value: number) => void = () => {}
    const isCalled = new Promise<void>(resolve => {
      const lost = reasonOf(() =>
        one.tasks.callBackLater(() => {
          resolve()
          return new Promise<number>(settle => {
            answer = settle
          })
        })
      )
      void lost.then(reason => expect(reason).toMatchObject({ code: 'BRIDGE_WORKER_LOST' }))
    })
    await isCalled
    expect(await reasonOf(() => one.tasks.fault('process.exit(1)'))).toMatchObject({
      code: 'BRIDGE_WORKER_LOST'
    })
    answer(1)
    expect(await one.tasks.add(1, 2)).toBe(3)
    expect(one.threads.started).toBe(2)
  })
})

describe('a thread that is ended just as its call ends', () => {
  it('gives its caller the value or the error, and other callers their own results', async () => {
    const one = failing({ killGrace: 0 })
    await one.tasks.add(0, 0)
    for (let round = 0; round < 60; round++) {
      const value = round % 3
      const call = one.tasks.spin(value).with({ runTimeout: 2 })
      const ended = await call.then(
        given => given,
        error => error.code
      )
      expect([value, 'BRIDGE_TIMEOUT']).toContain(ended)
      expect(await one.tasks.add(round, 1)).toBe(round + 1)
    }
    expect(one.pool.stats()).toMatchObject({ threads: 1, queued: 0, running: 0 })
  })
})

describe('a module that never finishes importing', () => {
  const stuck = (one: Failing) =>
    one.pool.import<{ never(): number }>(new URL('./fixtures/never-loads.mjs', import.meta.url))

  it.each<[string, (one: Failing) => unknown]>([
    ['awaited', one => stuck(one).never().with({ timeout: 50 })],
    ['blocking', one => stuck(one).never().with({ timeout: 50 }).runSync()]
  ])('is ended by a timeout, and the pool is whole again: %s', async (_, run) => {
    const one = failing()
    expect(await reasonOf(() => run(one))).toMatchObject({ code: 'BRIDGE_TIMEOUT' })
    await whole(one)
  })

  it('is ended by close() without drain', async () => {
    const one = failing()
    const reason = reasonOf(() => stuck(one).never())
    await null
    await one.pool.close({ drain: false })
    expect(await reason).toMatchObject({ code: 'BRIDGE_CLOSED' })
  })

  it('as setup fails the call when its thread exits for lack of work', async () => {
    const one = failing({ setup: new URL('./fixtures/never-loads.mjs', import.meta.url) })
    for (const run of [() => one.tasks.add(1, 2), () => one.tasks.add(1, 2).runSync()]) {
      const reason = (await reasonOf(run)) as Error
      expect(reason).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
      expect(reason.message).toMatch(/exited with code \d+/)
    }
    expect(one.pool.stats().threads).toBe(0)
  })
})
