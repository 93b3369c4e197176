import { describe, expect, it } from 'vitest'
import { type Latch, latch, pooled, rejection } from './helpers.js'

/** A pool of one thread, which a call holds until `open` is called. */
function held(options = {}) {
  const made = pooled({ maxThreads: 1, ...options })
  const gate = latch()
  return { ...made, gate, running: made.tasks.holdUntil(gate.word).start() }
}

/** Starts calls that note the order in which they are run. */
async function orderOf(gate: Latch, calls: readonly PromiseLike<number>[]): Promise<number[]> {
  const order: number[] = []
  const all = calls.map(call => call.then(n => order.push(n)))
  await null
  gate.open()
  await Promise.all(all)
  return order
}

describe('calls that wait', () => {
  it('run in the order in which they were made', async () => {
    const { tasks, gate } = held()
    expect(
      await orderOf(
        gate,
        [1, 2, 3, 4].map(n => tasks.add(n, 0))
      )
    ).toEqual([1, 2, 3, 4])
  })

  it('run by their priority, and in order within one', async () => {
    const { tasks, gate } = held()
    const calls = [0, -1, 5, 0.5, 5, 0].map((priority, n) => tasks.add(n, 0).with({ priority }))
    expect(await orderOf(gate, calls)).toEqual([2, 4, 3, 0, 5, 1])
  })

  it('run by their priority when their caller blocks, too', async () => {
    const { tasks, gate } = held()
    const order = tasks.noteOrder('low', gate.word).start()
    const blocked = tasks.noteOrder('high', gate.word).with({ priority: 1 })
    setImmediate(() => gate.open())
    await new Promise(setImmediate)
    blocked.runSync()
    expect(await order).toEqual(['high', 'low'])
  })

  it('keep their position when their thread is lost before it has started them', async () => {
    const { tasks, call } = pooled({ maxThreads: 1, concurrencyPerThread: 10 })
    const order: number[] = []
    await tasks.add(0, 0)
    // All of these are with the thread when it ends; it has started the first only.
    const lost = rejection(call('exit', 1))
    const recalled = [1, 2, 3, 4, 5].map(n => tasks.add(n, 0).then(sum => order.push(sum)))
    await lost
    await Promise.all(recalled)
    expect(order).toEqual([1, 2, 3, 4, 5])
  })

  it('that are cancelled leave the others in order', async () => {
    const { tasks, gate } = held()
    const futures = [1, 2, 3, 4, 5, 6].map(n => tasks.add(n, 0).start())
    const failures = [1, 2, 4].map(n => rejection(futures[n] as PromiseLike<number>))
    for (const n of [4, 1, 2]) futures[n]?.cancel()
    const rest = [0, 3, 5].map(n => futures[n] as PromiseLike<number>)
    expect(await orderOf(gate, rest)).toEqual([1, 4, 6])
    for (const failure of await Promise.all(failures))
      expect(failure).toMatchObject({ code: 'BRIDGE_ABORTED' })
  })

  it('are removed from any position, at no more cost for many of them', async () => {
    const { pool, tasks, gate } = held()
    const many = 200_000
    const calls = Array.from({ length: many }, (_, n) =>
      tasks
        .add(n, 0)
        .with({ priority: n % 3 })
        .start()
    )
    expect(pool.stats().queued).toBe(many)
    const outcomes = Promise.allSettled(calls)
    // A queue that looked for each of them, or copied itself, would be at it for many minutes.
    for (const call of calls.slice(1)) call.cancel('not needed')
    expect(pool.stats().queued).toBe(1)
    gate.open()
    const fulfilled = (await outcomes).filter(({ status }) => status === 'fulfilled')
    expect(fulfilled).toHaveLength(1)
  })
})

describe('calls with an affinity key', () => {
  it('run on one thread, even if others are free', async () => {
    const { tasks } = pooled({ maxThreads: 4 })
    const calls = Array.from({ length: 20 }, (_, n) =>
      tasks.thread().with(n % 2 === 0 ? { affinity: 'user-7' } : {})
    )
    const threads = await Promise.all(calls)
    expect(new Set(threads.filter((_, n) => n % 2 === 0)).size).toBe(1)
  })

  it('wait for their thread instead of running on another one, and delay no other call', async () => {
    const { pool, tasks } = pooled({ maxThreads: 2 })
    const gate = latch()
    const first = tasks.holdUntil(gate.word).with({ affinity: 'a' }).start()
    const pinned = [1, 2, 3].map(() => tasks.thread().with({ affinity: 'a' }).start())
    const other = await Promise.all([tasks.thread(), tasks.thread(), tasks.thread().with({ affinity: 'b' })])
    expect(pool.stats().queued).toBe(3)
    gate.open()
    const home = await first
    expect(await Promise.all(pinned)).toEqual([home, home, home])
    expect(other).not.toContain(home)
  })

  it('are ordered by priority among calls that may run on any thread', async () => {
    const { tasks } = pooled({ maxThreads: 1 })
    const gate = latch()
    const held = tasks.holdUntil(gate.word).with({ affinity: 'a' }).start()
    const calls = [
      tasks.add(1, 0),
      tasks.add(2, 0).with({ affinity: 'a' }),
      tasks.add(3, 0).with({ affinity: 'a', priority: 1 }),
      tasks.add(4, 0)
    ]
    expect(await orderOf(gate, calls)).toEqual([3, 1, 2, 4])
    await held
  })

  it('that were made before any of them ran share a thread, too', async () => {
    const { tasks, gate, running } = held({ maxThreads: 2 })
    const second = latch()
    const alsoHeld = tasks.holdUntil(second.word).start()
    const calls = Array.from({ length: 6 }, () => tasks.thread().with({ affinity: 'late' }).start())
    gate.open()
    second.open()
    expect(new Set(await Promise.all(calls)).size).toBe(1)
    await Promise.all([running, alsoHeld])
  })

  it('move to another thread when theirs is lost', async () => {
    const { tasks, call } = pooled({ maxThreads: 2 })
    const before = await tasks.thread().with({ affinity: 'a' })
    const lost = rejection(call('exit', 1).with({ affinity: 'a' }).start())
    const waiting = [1, 2, 3].map(() => tasks.thread().with({ affinity: 'a' }).start())
    expect(await lost).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
    const after = new Set(await Promise.all(waiting))
    expect(after.size).toBe(1)
    expect(after).not.toContain(before)
  })

  it('are refused when the queue is full, though other threads are free', async () => {
    const { tasks } = pooled({ maxThreads: 2, maxQueue: 1 })
    const gate = latch()
    const first = tasks.holdUntil(gate.word).with({ affinity: 'a' }).start()
    const waiting = tasks.add(1, 2).with({ affinity: 'a' }).start()
    expect(await rejection(tasks.add(1, 2).with({ affinity: 'a' }))).toMatchObject({
      code: 'BRIDGE_QUEUE_FULL'
    })
    expect(await tasks.add(1, 2)).toBe(3)
    gate.open()
    await Promise.all([first, waiting])
  })
})

describe('threads that work side by side', () => {
  it('run five calls that wait at once', async () => {
    const { tasks } = pooled({ maxThreads: 5, minThreads: 5 })
    // Each of the five returns only when all five are there, on a thread that nothing else can run on.
    const met = latch()
    const threads = await Promise.all([1, 2, 3, 4, 5].map(() => tasks.meet(met.word, 5)))
    expect(new Set(threads).size).toBe(5)
  })

  it('do not let a long call delay a short one', async () => {
    const { tasks } = pooled({ maxThreads: 2 })
    const gate = latch()
    const long = tasks.holdUntil(gate.word).start()
    for (let n = 0; n < 100; n++) expect(await tasks.add(n, 1)).toBe(n + 1)
    gate.open()
    await long
  })
})
