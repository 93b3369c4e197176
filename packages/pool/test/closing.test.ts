import { sendStream } from '@bridge/iter'
import { loop, type Pool } from '@bridge/pool'
import { describe, expect, it } from 'vitest'
import { CALLBACK_TASKS, type CallbackTasks, callbackPool } from './callback-helpers.js'
import { latch, pooled, rejection, runScript, TASKS, type Tasks, thrown } from './helpers.js'

const STREAM_TASKS = new URL('./fixtures/stream-tasks.mjs', import.meta.url)

/** Calls that never end, of each kind. */
function hung(pool: Pool) {
  const tasks = pool.import<Tasks>(TASKS)
  return [tasks.neverSettles(), tasks.spinForever(), tasks.waitForAbort()].map(call =>
    rejection(call.start())
  )
}

const owners: Record<string, () => { readonly closed: Pool; readonly used: Pool }> = {
  'a pool': () => {
    const { pool } = pooled({ maxThreads: 1, killGrace: 10 })
    return { closed: pool, used: pool }
  },
  loop: () => ({ closed: loop, used: loop }),
  'a pinned thread': () => {
    const pinned = pooled({ killGrace: 10 }).pool.pin()
    return { closed: pinned, used: pinned }
  },
  'a pool with a pinned thread': () => {
    const { pool } = pooled({ killGrace: 10 })
    return { closed: pool, used: pool.pin() }
  }
}

describe("close({ queued: 'cancel' })", () => {
  it('fails queued calls, and waits for running ones', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1 })
    const gate = latch()
    const running = tasks.holdUntil(gate.word).start()
    const waiting = [tasks.add(1, 2), tasks.add(3, 4)].map(call => rejection(call.start()))
    expect(pool.stats().queued).toBe(2)
    const closed = pool.close({ queued: 'cancel' })
    const names = (await Promise.all(waiting)).map(({ code, message }) => [code, message.slice(0, 5)])
    expect(names).toEqual([
      ['BRIDGE_CLOSED', 'add()'],
      ['BRIDGE_CLOSED', 'add()']
    ])
    gate.open()
    await running
    await closed
    expect(pool.stats()).toMatchObject({ threads: 0, queued: 0 })
  })

  it('ends the wait of an earlier close() for the queue', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1 })
    const gate = latch()
    const running = tasks.holdUntil(gate.word).start()
    const waiting = tasks.add(1, 2).start()
    const first = pool.close()
    const failed = rejection(waiting)
    const second = pool.close({ queued: 'cancel' })
    expect((await failed).code).toBe('BRIDGE_CLOSED')
    gate.open()
    await Promise.all([running, first, second])
  })

  it('is not the default: queued calls run', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1 })
    const answers = [tasks.add(1, 2).start(), tasks.add(3, 4).start()]
    await pool.close({ queued: 'run' })
    expect(await Promise.all(answers)).toEqual([3, 7])
  })

  it('runs the calls that a callback of a running call has made', async () => {
    const { pool } = callbackPool({ maxThreads: 1 })
    const tasks = pool.import<CallbackTasks>(CALLBACK_TASKS)
    const { add } = pool.import<Tasks>(TASKS)
    let closed: Promise<void> | undefined
    const answer = tasks.callLater(async () => {
      const inner = add(1, 2).start()
      closed = pool.close({ queued: 'cancel', timeout: 60_000 })
      return await inner
    })
    expect(await answer).toBe(3)
    await closed
  })

  it.each(['all', true, null])('refuses %j', queued => {
    const { pool } = pooled({})
    expect(() => pool.close({ queued: queued as never })).toThrow("queued must be 'run' or 'cancel'")
  })
})

describe.each(Object.keys(owners))('close({ timeout }) of %s', name => {
  const owner = () => (owners[name] as (typeof owners)[string])()

  it('ends the remaining calls when the time is over', async () => {
    const { closed, used } = owner()
    const failures = hung(used)
    await closed.close({ timeout: 50 })
    for (const failure of await Promise.all(failures))
      expect(failure).toMatchObject({ code: 'BRIDGE_CLOSED' })
    expect(used.stats().threads).toBe(0)
  })

  it('shortens an earlier close() that is waiting', async () => {
    const { closed, used } = owner()
    const failures = hung(used)
    const first = closed.close()
    await closed.close({ timeout: 50 })
    await first
    for (const failure of await Promise.all(failures))
      expect(failure).toMatchObject({ code: 'BRIDGE_CLOSED' })
  })

  it('waits for calls that end within the time, and no longer', async () => {
    const { closed, used } = owner()
    const answer = used.import<Tasks>(TASKS).add(1, 2).start()
    await closed.close({ timeout: 60_000 })
    expect(await answer).toBe(3)
  })
})

describe('close({ timeout })', () => {
  it('of zero ends all at once', async () => {
    const { pool } = pooled({ maxThreads: 1, killGrace: 10 })
    const failures = hung(pool)
    await pool.close({ timeout: 0 })
    for (const failure of await Promise.all(failures))
      expect(failure).toMatchObject({ code: 'BRIDGE_CLOSED' })
  })

  it('of Infinity waits as without a timeout', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1 })
    const { word, open } = latch()
    const held = tasks.holdUntil(word).start()
    const closed = pool.close({ timeout: Infinity })
    open()
    await closed
    expect(await held).toBeTypeOf('number')
  })

  it('leaves no timer that holds the process', async () => {
    const script = `
      import { createPool } from '@bridge/pool'
      const pool = createPool()
      await pool.import(${JSON.stringify(TASKS.href)}).add(1, 2)
      await pool.close({ timeout: 600_000 })
      console.log('closed', process.getActiveResourcesInfo().filter(one => one === 'Timeout').length)
    `
    expect(await runScript(script)).toEqual({ code: 0, stdout: 'closed 0\n', stderr: '' })
  })

  it.each([-1, Number.NaN, 'soon' as never])('refuses %j', timeout => {
    const { pool } = pooled()
    expect(thrown(() => pool.close({ timeout })).message).toContain(
      'timeout must be a number of milliseconds'
    )
  })
})

describe('close() that is awaited inside of its own call', () => {
  const names = (error: Error, ...parts: string[]): void => {
    expect(error).toMatchObject({ code: 'BRIDGE_DEADLOCK' })
    for (const part of parts) expect(error.message).toContain(part)
  }

  it('is refused in a callback, and the pool continues', async () => {
    const { pool, tasks } = callbackPool()
    const closing = async (): Promise<void> => pool.close()
    names(await rejection(tasks.callLater(closing)), 'close() → callLater() → closing() → close()')
    expect(await tasks.callNow(() => 1)).toBe(1)
  })

  it('is refused after an await in it, and through calls and callbacks of another pool', async () => {
    const { pool, tasks } = callbackPool()
    const { tasks: others } = callbackPool()
    const outer = async (): Promise<unknown> => {
      await null
      return others.callLater(async () => pool.close())
    }
    names(await rejection(tasks.callLater(outer)), 'close() → callLater() → outer() → close()')
  })

  it('is refused in a callback of a thread that was pinned there', async () => {
    const { pool } = callbackPool()
    const { callLater } = pool.pin().import<CallbackTasks>(CALLBACK_TASKS)
    const closing = async (): Promise<void> => pool.close()
    names(await rejection(callLater(closing as never)), 'close() → callLater() → closing() → close()')
  })

  it('is refused in a stream that was sent', async () => {
    const { pool } = pooled()
    const { sum } = pool.import<typeof import('./fixtures/stream-tasks.mjs')>(STREAM_TASKS)
    async function* items() {
      yield 1
      await null
      await pool.close()
    }
    names(
      await rejection(sum(sendStream(items()) as never)),
      'close() → sum() → a stream that was sent to it'
    )
  })

  it('is refused in a callback of loop', async () => {
    const { callLater } = loop.import<CallbackTasks>(CALLBACK_TASKS)
    names(await rejection(callLater((async () => loop.close()) as never)), 'loop waits for callLater()')
  })

  it('ends the call if it has a timeout or does not drain', async () => {
    const { pool, tasks } = callbackPool({ killGrace: 10 })
    for (const options of [{ timeout: 20 }, { drain: false }]) {
      const other = callbackPool({ killGrace: 10 })
      expect(await rejection(other.tasks.callLater(async () => other.pool.close(options)))).toMatchObject({
        code: 'BRIDGE_CLOSED'
      })
    }
    await pool.close()
    expect(await rejection(tasks.callNow(() => 1))).toMatchObject({ code: 'BRIDGE_CLOSED' })
  })

  it('is not refused when the callback has returned, nor where the pool does not wait for it', async () => {
    const { pool, tasks } = callbackPool()
    const other = callbackPool()
    let release = (): void => {}
    let later: Promise<void> | undefined
    await tasks.callLater(async () => {
      await other.pool.close()
      let proceed = (): void => {}
      later = new Promise<void>(resolve => {
        proceed = resolve
      }).then(() => pool.close())
      release = proceed
    })
    release()
    await later
    expect(pool.stats().threads).toBe(0)
  })

  it('is an unhandled rejection where it is not awaited', async () => {
    const script = `
      import { createPool } from '@bridge/pool'
      const pool = createPool()
      const { callNow } = pool.import(${JSON.stringify(CALLBACK_TASKS.href)})
      process.on('unhandledRejection', error => console.log(error.code))
      console.log(await callNow(() => { pool.close(); return 1 }))
      await pool.close()
    `
    const { code, stdout, stderr } = await runScript(script)
    expect({ code, stderr, lines: stdout.split('\n').sort() }).toEqual({
      code: 0,
      stderr: '',
      lines: ['', '1', 'BRIDGE_DEADLOCK']
    })
  })
})

describe('close({ drain: false })', () => {
  it("leaves a call that its scope has ended handled, with its scope's reason", async () => {
    const { stdout, stderr } = await runScript(`
      import { runScope } from '@bridge/core'
      import { createPool } from '@bridge/pool'
      const pool = createPool({ maxThreads: 1 })
      const tasks = pool.import(${JSON.stringify(TASKS.href)})
      await tasks.add(1, 2)
      const left = []
      runScope({ timeout: 50 }, () => {
        for (let n = 0; n < 5; n++) left.push(tasks.neverSettles().start())
      })
      const end = performance.now() + 60
      while (performance.now() < end);
      await pool.close({ drain: false })
      const outcomes = await Promise.allSettled(left)
      console.log(outcomes.map(({ reason }) => reason.name).join())
    `)
    expect(stderr).toBe('')
    expect(stdout.trim()).toBe(new Array(5).fill('CallTimeoutError').join())
  })
})
