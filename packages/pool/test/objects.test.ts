import { read, runScope, write } from '@bridge/core'
import { describe, expect, it } from 'vitest'
import { latch, rejection, thrown } from './helpers.js'
import { keeping } from './object-helpers.js'

describe('an object in a thread', () => {
  it('lives there: its methods run on the thread of its constructor, one after the other', async () => {
    const { things } = keeping({ maxThreads: 3 })
    const thing = new things.Thing(1)
    const threads = await Promise.all([thing.thread(), thing.thread(), read(thing, 'value'), thing.thread()])
    expect(new Set([threads[0], threads[1], threads[3]]).size).toBe(1)
    expect(await Promise.all([thing.add(1), thing.add(10), thing.add(100)])).toEqual([2, 12, 112])
  })

  it('may wait for another call of its own, although its thread runs one call at a time', async () => {
    const { things } = keeping({ maxThreads: 1, concurrencyPerThread: 1 })
    const thing = new things.Thing()
    const waiting = thing.gate().start()
    await thing.open('opened')
    expect(await waiting).toBe('opened')
  })

  it('keeps the order of small calls, large ones and blocking ones', async () => {
    const { things } = keeping({ maxThreads: 1 })
    const thing = new things.Thing()
    const large = 'x'.repeat(100_000)
    const calls = [thing.note(large).start(), thing.note('a').start(), thing.note(large).start()]
    thing.note('b').runSync()
    thing.note('c')
    await Promise.all(calls)
    await write(thing, 'value', 1)
    expect((await read(thing, 'notes')).map((note: string) => note[0])).toEqual(['x', 'a', 'x', 'b', 'c'])
  })

  it('is made before a blocked caller uses it', () => {
    const { things } = keeping()
    const thing = new things.Thing(2)
    expect(thing.add(1).runSync()).toBe(3)
    expect(thing.addLater(1).start().waitSync()).toBe(4)
    expect([...thing.numbers(3)]).toEqual([0, 1, 2])
    expect([...(thing as unknown as Iterable<number>)]).toEqual([0, 1, 2, 3])
  })

  it('refuses arguments that can not be cloned, by name, also to its constructor', async () => {
    const { things } = keeping()
    const thing = new things.Thing()
    const error = await rejection(thing.add({ deep: new WeakMap() } as never))
    expect(error).toMatchObject({ code: 'BRIDGE_NOT_CLONEABLE' })
    expect(error.message).toMatch(/Thing\.add\(\).*args\[0\]\.deep/)
    const bad = new things.Thing({ deep: new WeakMap() } as never)
    expect((await rejection(bad.add())).message).toMatch(/new Thing\(\).*args\[0\]\.deep/)
  })

  it('names the part of a result that can not be cloned, and leaks no handle for it', async () => {
    const { things } = keeping()
    const thing = new things.Thing(5)
    expect(await rejection(thing.returnsWeird())).toMatchObject({ code: 'BRIDGE_NOT_CLONEABLE' })
    expect(await thing.add()).toBe(6)
  })

  it('takes timeouts, signals and scopes, and its methods clean up', async () => {
    const { things } = keeping()
    const thing = new things.Thing()
    await thing.add()
    expect(await rejection(thing.waitForAbort().with({ timeout: 30 }))).toMatchObject({
      code: 'BRIDGE_TIMEOUT',
      message: expect.stringContaining('Thing.waitForAbort()')
    })
    const stop = new AbortController()
    const aborted = rejection(thing.waitForAbort().with({ signal: stop.signal }))
    stop.abort(new Error('gone'))
    expect(await aborted).toMatchObject({ message: 'gone' })
    const scoped = runScope({ timeout: 30 }, () => thing.waitForAbort().start())
    expect(await rejection(scoped)).toMatchObject({ code: 'BRIDGE_TIMEOUT' })
    expect((await read(thing, 'notes')).length).toBeGreaterThan(0)
    expect(await thing.info().with({ timeout: 60_000 })).toEqual({ name: 'Thing.info', hasDeadline: true })
  })

  it('is refused at the call where it would have to move', async () => {
    const { things } = keeping()
    const { pool } = keeping()
    const thing = new things.Thing()
    expect(thrown(() => thing.add().with({ executor: pool }))).toMatchObject({
      code: 'BRIDGE_INVALID_ARGUMENT',
      message: expect.stringContaining('Thing.add()')
    })
    expect(await thing.add()).toBe(1)
  })

  it('needs no place in a queue that is full', async () => {
    const { things, other } = keeping({ maxThreads: 1, maxQueue: 0 })
    const thing = new things.Thing()
    await thing.thread()
    const gate = latch()
    const held = other.holdUntil(gate.word).start()
    const added = thing.add()
    gate.open()
    expect(await added).toBe(1)
    await held
  })
})

describe('the end of an object in a thread', () => {
  it('comes awaited or blocking, once, and frees it', async () => {
    const { things } = keeping()
    for (const end of [
      async (one: AsyncDisposable) => one[Symbol.asyncDispose](),
      (one: Disposable) => one[Symbol.dispose]()
    ]) {
      const { word } = latch()
      const watched = new things.Watched(word)
      await end(watched as never)
      await end(watched as never)
      expect(Atomics.load(word, 1)).toBe(1)
      expect(await rejection(watched.add())).toMatchObject({ code: 'BRIDGE_DISPOSED' })
      expect(thrown(() => watched.add().runSync())).toMatchObject({ code: 'BRIDGE_DISPOSED' })
    }
  })

  it('waits for earlier calls', async () => {
    const { things } = keeping()
    const thing = new things.Thing()
    const added = [thing.add(), thing.add()]
    await thing[Symbol.asyncDispose]()
    expect(await Promise.all(added)).toEqual([1, 2])
  })

  it('releases its thread, and calls that still run there end', async () => {
    const { pool, things } = keeping({ maxThreads: 2 })
    const thing = new things.Thing()
    const waiting = thing.gate().start()
    await thing.add()
    const opening = thing.open('x')
    await thing[Symbol.asyncDispose]()
    await opening
    expect(await waiting).toBe('x')
    expect(pool.stats().running).toBe(0)
  })

  it('refuses it among arguments, by name', async () => {
    const { things } = keeping()
    const thing = new things.Thing()
    await thing[Symbol.asyncDispose]()
    const error = await rejection(things.same([{ thing }]))
    expect(error).toMatchObject({ code: 'BRIDGE_DISPOSED' })
    expect(error.message).toMatch(/same\(\).*Thing was disposed/)
  })

  it('gives an object that a task still references a new handle', async () => {
    const { things } = keeping({ maxThreads: 1 })
    const thing = new things.Thing(3)
    await things.remember(thing)
    await thing[Symbol.asyncDispose]()
    const { kept } = (await things.recall()) as { kept: typeof thing }
    expect(kept).not.toBe(thing)
    expect(await kept.add()).toBe(4)
  })
})

describe('a constructor that throws', () => {
  it('fails the first use, and every other one', async () => {
    const { things } = keeping()
    const broken = new things.Broken()
    const expected = { name: 'RangeError', message: 'it can not be made' }
    expect(await rejection(broken.use())).toMatchObject(expected)
    expect(thrown(() => broken.use().runSync())).toMatchObject(expected)
    expect(await rejection(things.same(broken))).toMatchObject(expected)
    await broken[Symbol.asyncDispose]()
  })

  it('fails a blocked caller that uses it immediately', () => {
    const { things } = keeping()
    expect(thrown(() => new things.Broken().use().runSync())).toMatchObject({ message: 'it can not be made' })
  })

  it('throws at the caller that passes it on, whose thread survives', async () => {
    const { things } = keeping()
    const expected = { name: 'RangeError', message: 'it can not be made' }
    const thread = await things.threadOf()
    expect(await rejection(things.same([new things.Broken()]))).toMatchObject(expected)
    expect(await rejection(new things.Pair(new things.Broken(), undefined).thread())).toMatchObject(expected)
    expect(await things.threadOf()).toBe(thread)
  })

  it('throws at once where the class is a plain one', () => {
    const { plain } = keeping()
    expect(thrown(() => new plain.Broken())).toMatchObject({
      name: 'RangeError',
      message: 'it can not be made'
    })
  })

  it('of a module that is missing says so', async () => {
    const { pool } = keeping()
    const { Missing } = pool.import<{ Missing: new () => { go(): void } }>(new URL('file:///no/such.mjs'))
    expect(await rejection(new Missing().go())).toMatchObject({ code: 'BRIDGE_TASK_NOT_FOUND' })
  })

  it('leaves its thread free', async () => {
    const { things, other } = keeping({ maxThreads: 1, idleTimeout: 1, minThreads: 0 })
    await rejection(new things.Broken().use())
    expect(await other.add(1, 2)).toBe(3)
  })
})

it('an object whose construction was cancelled before it started fails each use with the reason, also earlier ones', async () => {
  const { things, other } = keeping({ maxThreads: 1 })
  await other.add(0, 0)
  const { word, open } = latch()
  const holding = other.holdUntil(word)
  await null
  const stop = new AbortController()
  const thing = runScope({ signal: stop.signal }, () => new things.Thing(1))
  const asked = rejection(thing.add())
  await null
  stop.abort(new Error('gone'))
  open()
  expect(await asked).toMatchObject({ message: 'gone' })
  expect(await rejection(thing.add())).toMatchObject({ message: 'gone' })
  await holding
})
