import { NotCloneableError, notify } from '@bridge/core'
import { sendStream } from '@bridge/iter'
import { createPool, type Pool } from '@bridge/pool'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { deep } from './fixtures/deep-tasks.mjs'
import { latch, rejection, runScript, thrown } from './helpers.js'

type Tasks = typeof import('./fixtures/deep-tasks.mjs')

const DEEP = new URL('./fixtures/deep-tasks.mjs', import.meta.url)

/** So many levels a thread with a large stack can send, and this thread can't read. */
const UNREADABLE = 20_000
/** So many this thread can send, and a thread with a small stack can't read. */
const TOO_MANY = 1500

/** A thread that can send data that this thread can't read. */
function large() {
  const pool = createPool({ maxThreads: 1, concurrencyPerThread: 4000, resourceLimits: { stackSizeMb: 16 } })
  onTestFinished(() => pool.close({ drain: false }))
  return { pool, tasks: pool.import<Tasks>(DEEP) }
}

/** A thread that can't read data that this thread can send. */
function small() {
  const pool = createPool({ maxThreads: 1, resourceLimits: { stackSizeMb: 0.5 } })
  onTestFinished(() => pool.close({ drain: false }))
  return { pool, tasks: pool.import<Tasks>(DEEP) }
}

function isUnread(what: string) {
  return { name: 'NotCloneableError', code: 'BRIDGE_NOT_CLONEABLE', message: expect.stringContaining(what) }
}

/** The pool is as it was before: free, usable, and it closes. */
async function isWell(pool: Pool) {
  expect(await pool.import<Tasks>(DEEP).echo('well')).toBe('well')
  expect(pool.stats()).toMatchObject({ running: 0, queued: 0, ended: { byCause: {} } })
  await pool.close()
}

describe('a result that can not be read', () => {
  it('is an error of its call alone, which names the function and why', async () => {
    const { pool, tasks } = large()
    const [a, b, c] = await Promise.allSettled([tasks.echoLater(1), tasks.deep(UNREADABLE), tasks.echo('c')])
    expect([a, c]).toMatchObject([{ value: 1 }, { value: 'c' }])
    expect(b).toMatchObject({ reason: isUnread("deep(): its result can't be read") })
    expect((b as PromiseRejectedResult).reason.message).toContain('nested too deeply')
    await isWell(pool)
  })

  it('is an error for a blocked caller, and not for code that is blocked meanwhile by another call', async () => {
    const { pool, tasks } = large()
    expect(thrown(() => tasks.deep(UNREADABLE).runSync())).toMatchObject(isUnread('its result'))
    const unread = tasks.deep(UNREADABLE).start()
    expect(tasks.echo('healthy').runSync()).toBe('healthy')
    expect(thrown(() => unread.waitSync())).toMatchObject(isUnread('its result'))
    await isWell(pool)
  })

  it('is an error on the loop, whose stack has the usual size', async () => {
    const { code, stdout, stderr } = await runScript(
      `
      import { loop } from '@bridge/pool'
      const tasks = loop.import(${JSON.stringify(DEEP.href)})
      const outcome = call => call.then(() => 'read', error => error.name)
      console.log(JSON.stringify([await outcome(tasks.deep(5000)), await tasks.echo(1), tasks.echo(2).runSync()]))
      await loop.close()`,
      ['--stack-size=300']
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual(['NotCloneableError', 1, 2])
  })

  it('is distinguished from an error whose data cannot be read', async () => {
    const { pool, tasks } = large()
    expect(await rejection(tasks.throwDeep(UNREADABLE))).toMatchObject(isUnread('throwDeep(): its error'))
    await isWell(pool)
  })

  it('is recognized among more answers than heads fit into shared memory', async () => {
    const { pool, tasks } = large()
    await tasks.echo(1)
    const { word } = latch()
    const calls = 3000
    const unread = new Set([0, 1500, 2999])
    const answers = Array.from({ length: calls }, (_, n) =>
      tasks.answerTogether(n, unread.has(n) ? UNREADABLE : 0, calls, word)
    )
    await null
    await null
    Atomics.wait(word, 1, 0)
    for (const [n, outcome] of (await Promise.allSettled(answers)).entries()) {
      if (unread.has(n)) expect(outcome).toMatchObject({ reason: isUnread('answerTogether(): its result') })
      else expect(outcome).toMatchObject({ value: { n } })
    }
    await isWell(pool)
  })

  it('leaves each other call its own result, whatever is called at once', async () => {
    const { pool, tasks } = large()
    await tasks.echo(1)
    const call = fc.record({ kind: fc.constantFrom('echo', 'later', 'bytes', 'deep', 'throws'), n: fc.nat() })
    const run = async ({ kind, n }: { kind: string; n: number }): Promise<unknown> => {
      if (kind === 'deep') return tasks.deep(UNREADABLE)
      if (kind === 'throws') return tasks.throwDeep(UNREADABLE)
      if (kind === 'later') return tasks.echoLater({ n })
      return tasks.echo(kind === 'bytes' ? { n, bytes: new Uint8Array(2) } : n)
    }
    const property = fc.asyncProperty(fc.array(call, { maxLength: 40 }), async calls => {
      const outcomes = await Promise.allSettled(calls.map(run))
      for (const [index, { kind, n }] of calls.entries()) {
        const outcome = outcomes[index] as PromiseSettledResult<{ n?: number } | number>
        if (outcome.status === 'rejected') {
          expect(outcome.reason.message).toContain(
            kind === 'deep' ? 'deep(): its result' : 'throwDeep(): its error'
          )
        } else {
          const { value } = outcome
          expect(typeof value === 'number' ? value : value.n).toBe(n)
          expect(kind).not.toMatch(/deep|throws/)
        }
      }
    })
    await fc.assert(property, { numRuns: 30 })
    await isWell(pool)
  })
})

describe('arguments that can not be read', () => {
  it('are an error of their call alone, awaited, started and blocking', async () => {
    const { pool, tasks } = small()
    const unread = isUnread("echo(): its arguments can't be read")
    const outcomes = await Promise.allSettled([tasks.echo(1), tasks.echo(deep(TOO_MANY)), tasks.echo(3)])
    expect(outcomes).toMatchObject([{ value: 1 }, { reason: unread }, { value: 3 }])
    expect(thrown(() => tasks.echo(deep(TOO_MANY)).runSync())).toMatchObject(unread)
    expect(thrown(() => tasks.echo(deep(TOO_MANY)).start().waitSync())).toMatchObject(unread)
    await isWell(pool)
  })

  it('are an error of a call that is nested in a callback, and of a constructor', async () => {
    const { pool, tasks } = small()
    const unread = isUnread("its arguments can't be read")
    expect(await rejection(tasks.resultOf(async () => tasks.echo(deep(TOO_MANY))))).toMatchObject(unread)
    const made = new tasks.Box(deep(TOO_MANY))
    expect(await rejection(made.depth())).toMatchObject(isUnread('new Box(): its arguments'))
    const nested = await rejection(
      tasks.resultOf(async () => new tasks.Box(deep(TOO_MANY)).depth() as unknown as object)
    )
    expect(nested).toMatchObject(isUnread('new Box(): its arguments'))
    await isWell(pool)
  })

  it('are an error of a constructor whose thread has many calls before it', async () => {
    const options = { maxThreads: 1, concurrencyPerThread: 4000, resourceLimits: { stackSizeMb: 0.5 } }
    const pool = createPool(options)
    onTestFinished(() => pool.close({ drain: false }))
    const tasks = pool.import<Tasks>(DEEP)
    await tasks.echo(1)
    const { word, open } = latch()
    const holding = tasks.hold(word)
    await null
    Atomics.wait(word, 1, 0)
    const before = Array.from({ length: 1300 }, () => tasks.echo(new Uint8Array(1)))
    const made = new tasks.Box(deep(TOO_MANY))
    const depth = rejection(made.depth())
    await null
    open()
    expect(await depth).toMatchObject(isUnread('new Box(): its arguments'))
    await Promise.all([holding, ...before])
    await isWell(pool)
  })

  it('are an error if they cannot even be sent, also beside a callback', async () => {
    const { pool, tasks } = large()
    const unsent = isUnread("args[0] can't be sent to another thread: nested too deeply")
    expect(await rejection(tasks.echo(deep(100_000)))).toMatchObject(unsent)
    expect(await rejection(tasks.callWith((_: unknown) => deep(100_000), 1))).toBeInstanceOf(
      NotCloneableError
    )
    const beside = tasks as unknown as { echo(value: unknown, fn: () => void): Promise<unknown> }
    expect(await rejection(beside.echo(deep(100_000), () => {}))).toMatchObject(unsent)
    await isWell(pool)
  })
})

describe('an argument or result of a callback that cannot be read', () => {
  it('is an error in the task that has called the callback', async () => {
    const { pool, tasks } = large()
    const unread = isUnread("its arguments can't be read")
    const fn = (_: unknown) => 1
    expect(await rejection(tasks.callWith(fn, UNREADABLE))).toMatchObject(unread)
    expect(await rejection(tasks.callLater(async (_: unknown) => 1, UNREADABLE))).toMatchObject(unread)
    expect(thrown(() => tasks.callWith(fn, UNREADABLE).runSync())).toMatchObject(unread)
    await isWell(pool)
  })

  it('ends the call of a notification', async () => {
    const { pool, tasks } = large()
    const note = notify((_: unknown) => {})
    expect(await rejection(tasks.callWith(note, UNREADABLE))).toMatchObject(isUnread('its arguments'))
    await isWell(pool)
  })

  it("is an error of the callback's result, too", async () => {
    const { pool, tasks } = small()
    const unread = isUnread("its result can't be read")
    expect(await rejection(tasks.resultOf(async () => deep(TOO_MANY)))).toMatchObject(unread)
    expect(await rejection(tasks.resultOf(() => deep(TOO_MANY)))).toMatchObject(unread)
    await isWell(pool)
  })
})

describe('an item that can not be read', () => {
  it('ends its stream with an error, and its generator is closed', async () => {
    const { pool, tasks } = large()
    const unread = isUnread("a stream: an item can't be read")
    for (const read of [
      async () => {
        for await (const _ of tasks.items(UNREADABLE));
      },
      async () => {
        for await (const _ of tasks.itemsLater(UNREADABLE));
      },
      async () => [...tasks.items(UNREADABLE)]
    ]) {
      expect(await rejection(read())).toMatchObject(unread)
    }
    await expect.poll(() => tasks.howManyEnded().runSync()).toBe(3)
    await isWell(pool)
  })

  it('ends a stream that is sent to a thread', async () => {
    const { pool, tasks } = small()
    const sent = sendStream([1, deep(TOO_MANY), 2])
    expect(await rejection(tasks.count(sent))).toMatchObject(isUnread('a stream: an item'))
    await isWell(pool)
  })
})

describe('a recursion that ends at the stack in a blocking call', () => {
  it('leaves the pool and the loop usable, whatever it called and how', async () => {
    const { code, stdout, stderr } = await runScript(
      `
      import { createPool, loop } from '@bridge/pool'
      const outcomes = []
      for (const executor of [createPool({ maxThreads: 1 }), loop]) {
        const tasks = executor.import(${JSON.stringify(DEEP.href)})
        await tasks.echo(0)
        const bytes = new Uint8Array(40_000)
        for (let round = 0; round < 6; round++) {
          const value = [bytes, 1, { list: [1, 2] }][round % 3]
          const call = [
            () => tasks.echo(value).runSync(),
            () => tasks.callWith(() => 1, 1).runSync(),
            () => tasks.callWith(() => tasks.echo(1).runSync(), 1).runSync()
          ][round >> 1]
          const deeper = () => { call(); deeper() }
          const from = levels => (levels === 0 ? deeper() : from(levels - 1))
          try { from(round * 3) } catch (error) { if (!(error instanceof RangeError)) throw error }
          outcomes.push(tasks.echo(round).with({ timeout: 20_000 }).runSync() === round)
        }
        outcomes.push(await tasks.echoLater('after') === 'after', executor.stats().running === 0)
        await executor.close()
      }
      console.log(outcomes.every(Boolean), outcomes.length)`,
      ['--stack-size=150']
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe('true 16\n')
  })
})
