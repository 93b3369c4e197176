import { inspect } from 'node:util'
import { InvalidArgumentError, inline, read } from '@bridge/core'
import { loop } from '@bridge/pool'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rejection, thrown } from './helpers.js'
import { keeping, OBJECTS, type Objects } from './object-helpers.js'

type Loose = (...args: unknown[]) => Promise<unknown>

describe('a remote object among arguments', () => {
  it('is the very object, and its call goes to its thread', async () => {
    const { things } = keeping({ maxThreads: 3 })
    const thing = new things.Thing(3)
    expect(await thing.isSame(thing)).toBe(true)
    expect(await (things.valuesOf as unknown as Loose)([thing, thing])).toEqual([3, 3])
    expect(await things.same({ deep: [thing] })).toEqual({ deep: [thing] })
  })

  it('determines where a new object lives that gets it', async () => {
    const { things } = keeping({ maxThreads: 4 })
    const apart = [new things.Thing(), new things.Thing(), new things.Thing()]
    for (const thing of apart) {
      const pair = new things.Pair(thing, thing)
      expect(await pair.thread()).toBe(await thing.thread())
      expect(await pair.has(thing)).toBe(true)
      // By identity, not by equality.
      expect(await read(pair, 'one')).toBe(thing)
    }
  })

  it('may be one that is still being constructed', async () => {
    const { things } = keeping()
    const thing = new things.Thing(2)
    const pair = new things.Pair(thing, thing)
    const sum = pair.sum()
    expect(await sum).toBe(4)
    expect(new things.Pair(new things.Thing(5), undefined).sum().runSync()).toBe(5)
  })

  it('is refused beside one that lives in another thread', async () => {
    const { things } = keeping({ maxThreads: 4 })
    const [one, other] = [new things.Thing(), new things.Thing()]
    expect(await one.thread()).not.toBe(await other.thread())
    for (const refused of [things.same([one, other]), one.isSame(other), new things.Pair(one, other).sum()]) {
      const error = await rejection(refused)
      expect(error).toMatchObject({ code: 'BRIDGE_INVALID_ARGUMENT' })
      expect(error.message).toMatch(/uses a Thing and a Thing that live on two threads of pool.*pin\(\)/)
    }
    expect(thrown(() => one.isSame(other).runSync())).toMatchObject({ code: 'BRIDGE_INVALID_ARGUMENT' })
  })

  it('works beside others on a separate thread', async () => {
    const { pool } = keeping()
    const own = pool.pin().import<Objects>(OBJECTS)
    const [one, other] = [new own.Thing(1), new own.Thing(2)]
    expect(await new own.Pair(one, other).sum()).toBe(3)
  })

  it('is refused on another executor, in a message that names both', async () => {
    const { things, pool } = keeping({ name: 'mine' })
    const { things: others } = keeping({ name: 'yours' })
    const own = pool.pin().import<Objects>(OBJECTS)
    const thing = new things.Thing()
    await thing.add()
    for (const refused of [others.same([thing]), own.same(thing), new others.Pair(thing, undefined).sum()]) {
      const error = await rejection(refused)
      expect(error).toMatchObject({ code: 'BRIDGE_NOT_CLONEABLE' })
      expect(error.message).toMatch(/Thing lives on mine and can't be sent to (yours|mine \(pinned\))/)
    }
    const local = new (inline.import<Objects>(OBJECTS).Thing)()
    expect((await rejection(things.same({ local }))).message).toMatch(
      /lives on inline and can't be sent to mine/
    )
    await local.add()
  })
})

describe('an object that comes back from a thread', () => {
  it('is the same remote object each time, from wherever it comes', async () => {
    const { things } = keeping({ maxThreads: 2 })
    const thing = new things.Thing(1)
    await things.remember(thing)
    const twice = (await things.same([thing, { thing }])) as [unknown, { thing: unknown }]
    expect([twice[0], twice[1].thing]).toEqual([thing, thing])
    expect(twice[0]).toBe(thing)
    expect(twice[1].thing).toBe(thing)
    expect(await thing.self()).toBe(thing)
    const made = await things.Thing.of(5)
    expect(await made.self()).toBe(made)
    expect(await (await things.Thing.ofLater(6)).add()).toBe(7)
  })

  it('is a remote object where the task marked it, and from then on without a mark', async () => {
    const { things } = keeping({ maxThreads: 1 })
    expect(await things.raw()).toEqual({ name: 'a plain one' })
    const proxied = await things.proxied()
    expect(await read(proxied, 'name')).toBe('a plain one')
    expect(await things.raw()).toBe(proxied)
  })

  it('may be an error that has one, or may be one itself', async () => {
    const { things } = keeping()
    const thing = new things.Thing(1)
    const error = await rejection((things.failWith as unknown as Loose)(thing))
    expect(error).toBeInstanceOf(RangeError)
    expect(error.thing).toBe(thing)
    expect((error.list as unknown[])[0]).toBe(thing)
    expect(await rejection((things.throwThing as unknown as Loose)(thing))).toBe(thing)
    expect(
      thrown(() => (things.throwThing as unknown as (one: unknown) => { runSync(): void })(thing).runSync())
    ).toBe(thing)
  })

  it('may be an item of a stream', async () => {
    const { things } = keeping()
    const thing = new things.Thing(1)
    const items = thing.handles() as unknown as AsyncIterable<unknown>
    const seen: unknown[] = []
    for await (const item of items) seen.push(item)
    expect(seen).toEqual([thing])
    expect(seen[0]).toBe(thing)
  })

  it('is equal to what was sent, with the same identities, whatever plain data contains it', async () => {
    const { things } = keeping({ maxThreads: 1 })
    const known = [new things.Thing(1), new things.Thing(2)]
    const key = fc.oneof(fc.string(), fc.constantFrom('@bridge/reference', 'literal', '__proto__', 'then'))
    const leaf = fc.oneof(
      fc.constantFrom<unknown>(...known),
      fc.integer(),
      fc.string(),
      fc.constant(undefined)
    )
    const data = fc.letrec<{ any: unknown }>(tie => ({
      any: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(key, tie('any'), { maxKeys: 3 }),
        fc.array(fc.tuple(fc.integer(), tie('any')), { maxLength: 3 }).map(entries => new Map(entries)),
        fc.array(tie('any'), { maxLength: 3 }).map(items => new Set(items))
      )
    })).any
    await fc.assert(
      fc.asyncProperty(data, async sent => {
        const back = await things.same(sent)
        expect(back).toEqual(sent)
        expect(handlesIn(back)).toEqual(handlesIn(sent))
        for (const [place, one] of handlesIn(sent).entries()) expect(handlesIn(back)[place]).toBe(one)
      }),
      { numRuns: 300 }
    )

    function handlesIn(value: unknown): unknown[] {
      if (known.includes(value as never)) return [value]
      if (value instanceof Map) return [...value].flatMap(([k, v]) => [...handlesIn(k), ...handlesIn(v)])
      if (value instanceof Set) return [...value].flatMap(handlesIn)
      return typeof value === 'object' && value !== null ? Object.values(value).flatMap(handlesIn) : []
    }
  })
})

describe('a remote object', () => {
  it('does nothing surprising when it is printed, compared, awaited, copied or sent, and says what to do when it is written as JSON', async () => {
    const { things, pool } = keeping()
    const thing = new things.Thing()
    expect(inspect(thing)).toBe('Remote Thing on pool')
    expect(inspect({ thing })).toBe('{ thing: Remote Thing on pool }')
    expect(thing).toEqual(thing)
    expect({ thing }).toEqual({ thing })
    expect(() => expect(thing).toEqual({ value: 0 })).toThrow()
    expect(await thing).toBe(thing)
    expect(() => JSON.stringify({ thing })).toThrow(InvalidArgumentError)
    expect(() => JSON.stringify(thing)).toThrow(/Remote Thing on pool/)
    expect(() => structuredClone(thing)).toThrow(DOMException)
    expect(`${thing}`).toBe('Remote Thing on pool')
    const hooks = ['then', 'catch', 'finally', 'constructor', 'asymmetricMatch', 'nodeType', '$$typeof']
    const nest = ['onModuleInit', 'onModuleDestroy', 'onApplicationBootstrap', 'onApplicationShutdown']
    for (const hook of [...hooks, ...nest]) expect(Reflect.get(thing, hook)).toBeUndefined()
    expect(pool.stats().run.count).toBeLessThanOrEqual(1)
  })

  it('of a class that is printed or compared is no call either', () => {
    const { things } = keeping()
    expect(inspect(things.Thing)).toContain('[Function: Thing]')
    expect(things.Thing).toBe(things.Thing)
    expect(things.Thing.of).toBe(things.Thing.of)
    expect([things.Thing.name, typeof things.Thing.call, things.Thing instanceof Function]).toEqual([
      'Thing',
      'function',
      true
    ])
  })

  it('lives on the loop, too, and its handles are not those of a pool', async () => {
    const things = loop.import<Objects>(OBJECTS)
    const { things: pooled } = keeping()
    const thing = new things.Thing(1)
    expect(thing.add().runSync()).toBe(2)
    expect(await new things.Pair(thing, new things.Thing(3)).sum()).toBe(5)
    expect((await rejection(pooled.same(thing))).message).toMatch(/lives on loop/)
    await thing[Symbol.asyncDispose]()
  })
})
