import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { latch, rejection, runScript, TASKS, threadEvents, thrown } from './helpers.js'
import { keeping, OBJECTS, type Objects } from './object-helpers.js'

describe('the threads of objects', () => {
  it('are all but one, which they share evenly', async () => {
    const { things, pool } = keeping({ maxThreads: 3 })
    const made = Array.from({ length: 6 }, () => new things.Thing())
    const threads = await Promise.all(made.map(thing => thing.thread()))
    const counts = [...new Set(threads)].map(one => threads.filter(thread => thread === one).length)
    expect(counts).toEqual([3, 3])
    const others = await Promise.all([things.threadOf(), things.threadOf(), things.threadOf()])
    for (const thread of others) expect(threads).not.toContain(thread)
    expect(pool.stats().threads).toBe(3)
  })

  it('get no other work while there is another thread, or may be one', async () => {
    const { things, other } = keeping({ maxThreads: 2 })
    const thing = new things.Thing()
    const home = await thing.thread()
    const gate = latch()
    const held = other.holdUntil(gate.word).start()
    const waiting = [other.thread().start(), other.thread().start()]
    // Although its thread is free.
    expect(await thing.add()).toBe(1)
    gate.open()
    for (const thread of await Promise.all([held, ...waiting])) expect(thread).not.toBe(home)
  })

  it('get calls that are bound to them, although earlier calls wait for another thread', async () => {
    const { things, other, pool } = keeping({ minThreads: 2, maxThreads: 2 })
    // One that starts late would find its call on the other one.
    await pool.warmUp()
    const [first, elsewhere, second] = [latch(), latch(), latch()]
    const own = { affinity: 'a' }
    const begun = other.holdUntil(first.word).with(own).start()
    const held = other.holdUntil(elsewhere.word).start()
    first.open()
    const home = await begun
    const thing = new things.Thing()
    expect(await thing.thread()).toBe(home)
    const busy = other.holdUntil(second.word).with(own).start()
    const anywhere = other.thread().start()
    const bound = other.thread().with(own).start()
    second.open()
    await busy
    expect(await bound).toBe(home)
    elsewhere.open()
    expect(await anywhere).toBe(await held)
    expect(await thing.add()).toBe(1)
  })

  it('get other work where all of them have objects', async () => {
    const { things, other } = keeping({ maxThreads: 1 })
    const thing = new things.Thing()
    expect(await other.thread()).toBe(await thing.thread())
  })

  it('get other work again when their objects are gone', async () => {
    const { things, other } = keeping({ maxThreads: 2 })
    const thing = new things.Thing()
    const home = await thing.thread()
    await thing[Symbol.asyncDispose]()
    const met = latch()
    const threads = await Promise.all([other.meet(met.word, 2), other.meet(met.word, 2)])
    expect(threads).toContain(home)
  })

  it('are neither ended by idleTimeout nor recycled while they have objects', async () => {
    const { things, other, pool } = keeping({
      maxThreads: 2,
      minThreads: 0,
      idleTimeout: 1,
      recycleAfter: { calls: 3 },
      name: 'homes'
    })
    const events = threadEvents('homes')
    const thing = new things.Thing()
    const home = await thing.thread()
    for (let n = 1; n <= 10; n++) expect(await thing.add()).toBe(n)
    // On the second thread, whose end shows that idle and worn ones have been looked for.
    await other.thread()
    await events.ended(1)
    expect(pool.stats().threads).toBe(1)
    expect(await thing.thread()).toBe(home)
    await thing[Symbol.asyncDispose]()
    await events.ended(2)
    expect(pool.stats().threads).toBe(0)
  })

  it('run calls on objects in order, also behind a call that keeps them long', async () => {
    const { things, other } = keeping({ maxThreads: 1 })
    const thing = new things.Thing()
    // Both modules are loaded, so nothing keeps what is called from starting.
    await Promise.all([thing.thread(), other.thread()])
    const gate = latch()
    const held = other.holdUntil(gate.word).start()
    const added = [1, 10, 100, 1000].map(by => thing.add(by).start())
    // Longer than a thread may make no progress before movable calls are reclaimed from it.
    expect(await rejection(thing.neverSettles().with({ timeout: 40 }))).toMatchObject({
      code: 'BRIDGE_TIMEOUT'
    })
    gate.open()
    await held
    expect(await Promise.all(added)).toEqual([1, 11, 111, 1111])
  })

  it('have each their own static state', async () => {
    const { things } = keeping({ maxThreads: 3 })
    const made = [new things.Thing(), new things.Thing()]
    await Promise.all(made.map(thing => thing.thread()))
    expect(await things.howMany()).toBe(0)
  })
})

describe('objects on a separate thread', () => {
  it('live on it, all of them, with everything else that runs there', async () => {
    const { pool } = keeping()
    const own = pool.pin()
    const things = own.import<Objects>(OBJECTS)
    const made = [new things.Thing(), new things.Thing(), await things.Thing.of(1)]
    const threads = await Promise.all([...made.map(thing => thing.thread()), things.threadOf()])
    expect(new Set(threads).size).toBe(1)
    await own.close()
    expect(await rejection((made[0] as (typeof made)[0]).add())).toMatchObject({ code: 'BRIDGE_CLOSED' })
  })
})

describe('close()', () => {
  it('waits for calls on objects, and refuses new ones and further uses', async () => {
    const { things, pool } = keeping()
    const thing = new things.Thing()
    const added = thing.addLater().start()
    await pool.close()
    expect(await added).toBe(1)
    expect(await rejection(thing.add())).toMatchObject({ code: 'BRIDGE_CLOSED' })
    expect(await rejection(new things.Thing().add())).toMatchObject({ code: 'BRIDGE_CLOSED' })
    expect(thrown(() => thing.add().runSync())).toMatchObject({ code: 'BRIDGE_CLOSED' })
    expect(inspect(thing)).toBe('Remote Thing on pool')
  })

  it('with drain: false fails calls on objects', async () => {
    const { things, pool } = keeping()
    const thing = new things.Thing()
    await thing.add()
    const never = rejection(thing.neverSettles().start())
    await pool.close({ drain: false })
    expect(await never).toMatchObject({ code: 'BRIDGE_CLOSED' })
  })
})

describe('a process', () => {
  const imports = `
    import { createPool, loop } from '@bridge/pool'
    const pool = createPool()
    const things = pool.import(${JSON.stringify(OBJECTS.href)})
    const onLoop = loop.importSync(${JSON.stringify(OBJECTS.href)})
    const tasks = pool.import(${JSON.stringify(TASKS.href)})
  `

  it('ends by itself while objects are idle', async () => {
    const script = `${imports}
      const thing = new things.Thing(1)
      globalThis.held = [thing, new onLoop.Thing(1)]
      console.log(await thing.add())
    `
    expect(await runScript(script)).toEqual({ code: 0, stdout: '2\n', stderr: '' })
  })

  it('may have two copies of the packages, which know the objects of one another', async () => {
    const script = `${imports}
      import { createRequire } from 'node:module'
      import * as core from '@bridge/core'
      const require = createRequire(${JSON.stringify(import.meta.url)})
      const other = { ...require('@bridge/core'), ...require('@bridge/pool') }
      const thing = new things.Thing(1)
      const otherPool = other.createPool()
      const others = otherPool.import(${JSON.stringify(OBJECTS.href)})
      const otherThing = new others.Thing(5)
      console.log(JSON.stringify([
        createPool === other.createPool,
        await other.read(thing, 'value'),
        await core.read(otherThing, 'value'),
        (await others.same([otherThing]))[0] === otherThing,
        await others.same(thing).catch(error => error.code),
        await thing.isSame(thing)
      ]))
    `
    const { code, stdout, stderr } = await runScript(script)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual([false, 1, 5, true, 'BRIDGE_NOT_CLONEABLE', true])
  })

  it('waits for calls on objects', async () => {
    const script = `${imports}
      new things.Thing(1).addLater().then(console.log)
      await tasks.add(1, 2)
    `
    expect(await runScript(script)).toEqual({ code: 0, stdout: '2\n', stderr: '' })
  })

  it('reports a constructor’s error that no caller got, when the object is collected', async () => {
    const script = `${imports}
      process.on('unhandledRejection', error => console.log('unhandled', error.message))
      ;(() => { new things.Broken() })()
      const told = new things.Broken()
      await told.use().catch(() => {})
      for (let n = 0; n < 10; n++) {
        await tasks.add(1, 2)
        gc()
      }
    `
    expect(await runScript(script, ['--expose-gc'])).toEqual({
      code: 0,
      stdout: 'unhandled it can not be made\n',
      stderr: ''
    })
  })
})
