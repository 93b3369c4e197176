import { read, write } from '@bridge/core'
import { describe, expect, it } from 'vitest'
import { latch, rejection, thrown } from './helpers.js'
import { keeping } from './object-helpers.js'

type Things = ReturnType<typeof keeping>['things']
type Thing = InstanceType<Things['Thing']>

/** Every use of an object whose thread has ended, and what each says. */
async function usesOf(thing: Thing): Promise<(Error & Record<string, unknown>)[]> {
  const items = async (): Promise<void> => {
    for await (const _ of thing as unknown as AsyncIterable<unknown>);
  }
  return [
    await rejection(thing.add()),
    await rejection(read(thing, 'value')),
    await rejection(write(thing, 'value', 1)),
    await rejection(items()),
    thrown(() => thing.add().runSync()),
    await rejection(thing.add().start())
  ]
}

describe('an object whose thread has ended', () => {
  it.each<[string, (thing: Thing) => PromiseLike<unknown>, string]>([
    ['process.exit()', thing => thing.exit(3), 'exited with code 3'],
    ['an uncaught error', thing => thing.uncaught(), 'uncaught TypeError: not caught'],
    ['a timeout', thing => thing.spin().with({ timeout: 30 }), 'killGrace']
  ])('by %s says so at every use', async (_, kill, why) => {
    const { things, other } = keeping({ maxThreads: 2, killGrace: 30 })
    const thing = new things.Thing(1)
    await thing.add()
    await rejection(kill(thing))
    for (const error of await usesOf(thing)) {
      expect(error).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
      expect(error.message).toContain(why)
      expect(error.message).toMatch(/^Thing\./)
    }
    expect(await other.add(1, 2)).toBe(3)
    expect(await new things.Thing(5).add()).toBe(6)
  })

  it('fails a call and a constructor that have it as an argument', async () => {
    const { things } = keeping()
    const thing = new things.Thing(1)
    await rejection(thing.exit(1))
    expect(await rejection(things.same([thing]))).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
    expect(await rejection(new things.Pair(thing, undefined).sum())).toMatchObject({
      code: 'BRIDGE_WORKER_LOST'
    })
  })

  it('has nothing left to dispose of: its disposal says so once', async () => {
    const { things } = keeping()
    const thing = new things.Thing(1)
    await rejection(thing.exit(1))
    expect(await rejection(thing[Symbol.asyncDispose]())).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
    await thing[Symbol.asyncDispose]()
  })

  it('fails a blocked caller', () => {
    const { things } = keeping()
    const thing = new things.Thing(1)
    expect(thrown(() => thing.exit(4).runSync()).message).toContain('exited with code 4')
    expect(thrown(() => thing.add().runSync())).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
  })

  it('is lost with the objects that it returned, and with its streams', async () => {
    const { things } = keeping()
    const thing = new things.Thing(1)
    const pair = new things.Pair(thing, undefined)
    const stream = thing.numbers(Number.POSITIVE_INFINITY)[Symbol.asyncIterator]()
    await stream.next()
    await rejection(thing.exit(1))
    expect(await rejection(pair.sum())).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
    await rejection(
      (async () => {
        for (;;) await stream.next()
      })()
    )
  })

  it('is lost without the objects of other threads', async () => {
    const { things } = keeping({ maxThreads: 3 })
    const [one, other] = [new things.Thing(1), new things.Thing(2)]
    expect(await one.thread()).not.toBe(await other.thread())
    await rejection(one.exit(1))
    expect(await other.add()).toBe(3)
  })
})

describe('an object whose constructor had not started when its thread ended', () => {
  it('is made on another thread, where its waiting calls run', async () => {
    const { things, other } = keeping({ maxThreads: 1, killGrace: 10 })
    const first = await other.thread()
    const gate = latch()
    const dying = rejection(other.holdUntil(gate.word).with({ timeout: 50 }).start())
    const thing = new things.Thing(1)
    const added = [thing.add(), thing.add()]
    expect(await dying).toMatchObject({ code: 'BRIDGE_TIMEOUT' })
    expect(await Promise.all(added)).toEqual([2, 3])
    expect(await thing.thread()).not.toBe(first)
  })

  it('is lost if its constructor had started', async () => {
    const { things } = keeping({ maxThreads: 1, killGrace: 10 })
    const gate = latch()
    const slow = new things.Slow(gate.word)
    const error = await rejection(slow.thread().with({ timeout: 50 }))
    expect(['BRIDGE_TIMEOUT', 'BRIDGE_WORKER_LOST']).toContain(error.code)
    gate.open()
  })
})
