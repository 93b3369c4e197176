import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Pool, type PoolOptions, threadNumber } from '@bridge/pool'
import { describe, expect, it, onTestFinished } from 'vitest'
import { latch, pooled, rejection, runScript, TASKS, threadEvents } from './helpers.js'

const fixture = (name: string): URL => new URL(`./fixtures/${name}`, import.meta.url)

/** A pool whose threads note their beginning and their end, and what they have noted. */
function noting(options: PoolOptions = {}, how = '') {
  const folder = mkdtempSync(join(tmpdir(), 'teardown-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const log = join(folder, 'log')
  const env = { ...process.env, TEARDOWN_LOG: log, TEARDOWN: how }
  const setup = fixture('teardown.mjs')
  const made = pooled({ maxThreads: 1, killGrace: 10_000, setup, env, ...options })
  return { ...made, notes: () => readFileSync(log, 'utf8').trim().split('\n'), env }
}

/** The same for a script of its own. */
function notingOutside() {
  const { env, notes } = noting()
  writeFileSync(env.TEARDOWN_LOG, '')
  return { env, notes }
}

const ONE_LIFE = ['up 1', 'down 1', 'exit 0 1']

describe('teardown() of the setup module', () => {
  it('is awaited, and then the exit handlers run, before close() resolves', async () => {
    const { pool, tasks, notes } = noting()
    await tasks.add(1, 2)
    await pool.close()
    expect(notes()).toEqual(ONE_LIFE)
  })

  it('runs when a thread is ended by idleTimeout', async () => {
    const { tasks, notes } = noting({ minThreads: 0, idleTimeout: 1, name: 'tears idle' })
    const { ended } = threadEvents('tears idle')
    await tasks.add(1, 2)
    await ended(1)
    await expect.poll(notes).toEqual(ONE_LIFE)
  })

  it('of a thread that is recycled has ended before the next one with its number sets up', async () => {
    const { pool, tasks, notes } = noting({ recycleAfter: { calls: 1 } }, 'slow')
    await tasks.add(1, 2)
    await tasks.add(1, 2)
    await pool.close()
    expect(notes()).toEqual([...ONE_LIFE, ...ONE_LIFE])
  })

  it('is waited for also by one that comes after the next, which was replaced before it was up', async () => {
    const { pool, tasks, notes } = noting({ minThreads: 1 }, 'slow')
    await tasks.add(1, 2)
    void pool.recycle()
    // The second waits for the first, and is replaced meanwhile.
    await pool.recycle()
    await tasks.add(1, 2)
    await pool.close()
    const ends = notes().flatMap((note, index) => (note === 'down 1' ? [index] : []))
    const begins = notes().flatMap((note, index) => (note === 'up 1' ? [index] : []))
    for (const [n, begin] of begins.entries()) if (n > 0) expect(ends[n - 1]).toBeLessThan(begin)
  })

  it('may be exported by a CommonJS module', async () => {
    const { pool, tasks, notes } = noting({ setup: fixture('teardown-commonjs.cjs') })
    await tasks.add(1, 2)
    await pool.close()
    expect(notes()).toEqual(['down'])
  })

  it('is waited for no longer than killGrace', async () => {
    const { pool, tasks, notes } = noting({ killGrace: 10 }, 'hangs')
    await tasks.add(1, 2)
    await pool.close()
    expect(notes().slice(0, 1)).toEqual(['up 1'])
    expect(notes()).not.toContain('down 1')
  })

  it('does not run if the thread is terminated because a task does not stop', async () => {
    const { tasks, notes } = noting({ killGrace: 1 })
    await tasks.add(1, 2)
    await rejection(tasks.spinForever().with({ timeout: 20 }))
    await tasks.add(1, 2)
    expect(notes()).toEqual(['up 1', 'up 1'])
  })

  it('that fails is printed, and the thread ends as usual', async () => {
    const { env } = noting()
    const script = `
      import { createPool } from '@bridge/pool'
      const pool = createPool({ maxThreads: 1, killGrace: 10_000, setup: ${JSON.stringify(fixture('teardown.mjs').href)} })
      await pool.import(${JSON.stringify(TASKS.href)}).add(1, 2)
      await pool.close()
      console.log(JSON.stringify(pool.stats().ended.byCause))
    `
    const { code, stdout, stderr } = await runScript(script, [], { ...env, TEARDOWN: 'fails' })
    expect({ code, stdout }).toEqual({ code: 0, stdout: '{"closed":1}\n' })
    expect(stderr).toMatch(/^teardown\(\) of file:.*teardown\.mjs failed: Error: the database is gone\n/)
  })
})

describe('a function that a module has passed to beforeThreadEnd()', () => {
  const ends = new URL('./fixtures/ends.mjs', import.meta.url).href

  it('runs in reverse order and before the teardown, and its errors are printed', async () => {
    const { env, notes } = notingOutside()
    const { code, stdout, stderr } = await runScript(
      `
      import { createPool } from '@bridge/pool'
      const pool = createPool({ maxThreads: 1, killGrace: 10_000, setup: ${JSON.stringify(fixture('teardown.mjs').href)} })
      const { ask, take } = pool.import(${JSON.stringify(ends)})
      for (const name of ['first', 'fails', 'gone', 'last']) await ask(name)
      await take('gone')
      await pool.close()
      console.log(JSON.stringify(pool.stats().ended.byCause))`,
      [],
      env
    )
    expect({ code, stdout }).toEqual({ code: 0, stdout: '{"closed":1}\n' })
    expect(stderr).toMatch(/^fails failed at the end of its thread: Error: fails is gone\n/)
    expect(notes()).toEqual(['up 1', 'last', 'first', 'down 1', 'exit 1 1'])
  })

  it('runs also if another function never ends', async () => {
    const { env, notes } = notingOutside()
    const { code } = await runScript(
      `
      import { createPool } from '@bridge/pool'
      const pool = createPool({ maxThreads: 1 })
      const { ask } = pool.import(${JSON.stringify(ends)})
      for (const name of ['first', 'hangs']) await ask(name)
      await pool.close()`,
      [],
      env
    )
    expect({ code, notes: notes() }).toEqual({ code: 0, notes: ['first'] })
  })

  it('does not run if no executor ends the thread', async () => {
    const { env, notes } = notingOutside()
    const { code } = await runScript(
      `const { ask } = await import(${JSON.stringify(ends)}); ask('first')`,
      [],
      env
    )
    expect({ code, notes: notes() }).toEqual({ code: 0, notes: [''] })
  })
})

/** The numbers of so many threads, each of which waits for the others. */
async function numbersOf(pool: Pool, count: number): Promise<(number | undefined)[]> {
  const { word } = latch()
  const { meetAs } = pool.import<typeof import('./fixtures/numbered.mjs')>(fixture('numbered.mjs'))
  const numbers = await Promise.all(Array.from({ length: count }, () => meetAs(word, count)))
  return numbers.sort()
}

describe("a thread's number", () => {
  it('is different for each living thread, from 1', async () => {
    expect(await numbersOf(pooled({ maxThreads: 3 }).pool, 3)).toEqual([1, 2, 3])
  })

  it('is given to the thread that replaces its holder', async () => {
    const { pool, tasks } = pooled({ maxThreads: 2 })
    expect(await numbersOf(pool, 2)).toEqual([1, 2])
    await rejection(tasks.exit(1))
    expect(await numbersOf(pool, 2)).toEqual([1, 2])
  })

  it('is unknown outside of a thread of a pool', () => {
    expect(threadNumber()).toBeUndefined()
  })
})

describe('recycle()', () => {
  it('does not delay a caller that blocks in the same turn', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1 })
    const before = await tasks.thread()
    const recycled = pool.recycle()
    expect(tasks.thread().runSync()).not.toBe(before)
    await recycled
  })

  it('replaces every thread, and calls continue', async () => {
    const { pool, tasks } = pooled({ maxThreads: 2, minThreads: 2 })
    await pool.warmUp()
    const before = pool.stats().threadIds
    const recycled = pool.recycle()
    const sums = await Promise.all(Array.from({ length: 20 }, (_, n) => tasks.add(n, 1)))
    await recycled
    expect(sums).toEqual(Array.from({ length: 20 }, (_, n) => n + 1))
    const { threads, threadIds, ended } = pool.stats()
    expect({ threads, kept: threadIds.filter(id => before.includes(id)), ended: ended.byCause }).toEqual({
      threads: 2,
      kept: [],
      ended: { recycled: 2 }
    })
  })

  it('waits for a call that runs, and fails none', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1 })
    const gate = latch()
    const held = tasks.holdUntil(gate.word).start()
    let isOver = false
    const recycled = pool.recycle().then(() => {
      isOver = true
    })
    const queued = tasks.add(1, 2).start()
    await new Promise(setImmediate)
    expect(isOver).toBe(false)
    gate.open()
    await Promise.all([held, recycled])
    expect(await queued).toBe(3)
    expect(pool.stats().ended.byCause).toEqual({ recycled: 1 })
  })

  it('leaves a thread with an open stream until that has ended', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1, name: 'streams on' })
    const { ended } = threadEvents('streams on')
    const stream = tasks.numbers(Infinity)[Symbol.asyncIterator]()
    await stream.next()
    await pool.recycle()
    expect(pool.stats()).toMatchObject({ threads: 1, streams: 1 })
    expect((await stream.next()).value).toBe(1)
    await stream.return(undefined)
    await ended(1)
    expect(pool.stats().ended.byCause).toEqual({ recycled: 1 })
  })

  it('does not wait for a thread that holds objects, whatever runs there', async () => {
    const { pool } = pooled({ maxThreads: 1 })
    const things = pool.import<typeof import('./fixtures/objects.mjs')>(fixture('objects.mjs'))
    const thing = await new things.Thing(1)
    const gate = latch()
    const { holdUntil } = pool.import<typeof import('./fixtures/tasks.mjs')>(TASKS)
    const held = holdUntil(gate.word).start()
    await pool.recycle()
    gate.open()
    await held
    expect(await thing.add(1)).toBe(2)
  })

  it('is refused inside of a callback that a call of the pool waits for', async () => {
    const { pool } = pooled({ maxThreads: 1, name: 'waits' })
    const { callBack } = pool.import<typeof import('./fixtures/lost-kinds.mjs')>(fixture('lost-kinds.mjs'))
    const recycled = callBack(async () => {
      await pool.recycle()
    }, 1)
    expect(await rejection(recycled)).toMatchObject({
      code: 'BRIDGE_DEADLOCK',
      message: expect.stringContaining('recycle(): waits waits for callBack()')
    })
  })

  it('ends if the pool is closed meanwhile', async () => {
    const { pool, tasks } = noting({}, 'slow')
    await tasks.add(1, 2)
    const recycled = pool.recycle()
    await pool.close()
    await recycled
    expect(pool.stats().threads).toBe(0)
  })

  it('starts no thread if none runs', async () => {
    const { pool } = pooled()
    await pool.recycle()
    expect(pool.stats().threads).toBe(0)
  })

  it('is refused after close()', async () => {
    const { pool } = pooled({ name: 'shut' })
    await pool.close()
    expect(await rejection(pool.recycle())).toMatchObject({
      code: 'BRIDGE_CLOSED',
      message: 'recycle(): shut is closed; make a new one, or close it later'
    })
  })

  it('reports that a new thread does not start', async () => {
    const { pool, tasks } = noting({ setup: fixture('sets-up-once.mjs') })
    expect(await tasks.add(1, 2)).toBe(3)
    expect(await rejection(pool.recycle())).toMatchObject({ code: 'BRIDGE_TASK_NOT_FOUND' })
  })
})
