import diagnostics from 'node:diagnostics_channel'
import { describe, expect, it, onTestFinished } from 'vitest'
import { pooled, rejection, runScript, TASKS, thrown } from './helpers.js'

describe('a thread that ends', () => {
  it.each([
    ['exit', [3], 'exited with code 3'],
    ['uncaught', [], 'uncaught TypeError: not caught'],
    ['unhandled', [], 'uncaught TypeError: not handled']
  ])('by %s fails its call with the cause and is replaced by one', async (name, args, message) => {
    const { call, pool, tasks } = pooled({ maxThreads: 1 })
    const before = await tasks.thread()
    const error = await rejection(call(name, ...args))
    expect(error).toMatchObject({ name: 'WorkerLostError', code: 'BRIDGE_WORKER_LOST' })
    expect(error.message).toContain(message)
    expect(error.message).toContain(`${name}()`)
    expect(await tasks.thread()).not.toBe(before)
    expect(pool.stats().threads).toBe(1)
  })

  it.each([
    ['exit', [3], 'exited with code 3'],
    ['uncaught', [], 'uncaught TypeError: not caught'],
    ['unhandled', [], 'uncaught TypeError: not handled']
  ])('by %s fails a blocked caller that set no timeout', (name, args, message) => {
    const { call, tasks } = pooled({ maxThreads: 1 })
    expect(thrown(() => call(name, ...args).runSync()).message).toContain(message)
    expect(tasks.add(1, 2).runSync()).toBe(3)
  })

  it('before its first call fails that call, and is not started again and again', async () => {
    let made = 0
    const count = (): void => {
      made += 1
    }
    diagnostics.subscribe('worker_threads', count)
    onTestFinished(() => {
      diagnostics.unsubscribe('worker_threads', count)
    })
    const { pool, tasks } = pooled({
      execArgv: ['--import', 'data:text/javascript,throw new Error("not today")']
    })
    const error = await rejection(tasks.add(1, 2))
    expect(error).toMatchObject({ code: 'BRIDGE_WORKER_LOST', cause: { message: 'not today' } })
    expect(made).toBe(1)
    await pool.close()
  })

  it('carries the uncaught error as the cause', async () => {
    const error = await rejection(pooled().tasks.uncaught())
    expect(error.cause).toBeInstanceOf(TypeError)
    expect((error.cause as Error).message).toBe('not caught')
  })

  it('lets calls that waited in the queue run on other threads', async () => {
    const { tasks } = pooled({ maxThreads: 1 })
    const lost = rejection(tasks.exit(1))
    expect(await Promise.all([tasks.add(1, 2), tasks.add(3, 4)])).toEqual([3, 7])
    expect(await lost).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
  })

  it('fails the streams that were open there', async () => {
    const { tasks } = pooled({ maxThreads: 1 })
    const stream = (await tasks.numbers(Infinity))[Symbol.asyncIterator]()
    expect(await stream.next()).toEqual({ done: false, value: 0 })
    await rejection(tasks.exit(1))
    const error = await rejection(
      (async () => {
        for (;;) if ((await stream.next()).done === true) return
      })()
    )
    expect(error).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
  })
})

describe('a thread that can not be created', () => {
  it('fails its call, awaited or blocking, and leaves nothing waiting', async () => {
    const { pool, tasks } = pooled({ execArgv: ['--no-such-flag'] })
    const error = await rejection(tasks.add(1, 2))
    expect(error).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
    expect(error.message).toMatch(/^add\(\): pool can't create a thread; .*--no-such-flag/)
    expect(error.cause).toMatchObject({ code: 'ERR_WORKER_INVALID_EXEC_ARGV' })
    expect(thrown(() => tasks.add(1, 2).runSync())).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
    expect(pool.stats()).toMatchObject({ threads: 0, queued: 0, running: 0, streams: 0 })
    await pool.close()
  })
})

describe('a module', () => {
  const fixture = (name: string): URL => new URL(`./fixtures/${name}`, import.meta.url)

  it.each([
    ['missing.mjs', 'there is no such file'],
    ['syntax-error.mjs', 'Unexpected end of input'],
    ['throws-on-import.mjs', 'at import']
  ])('%s rejects each call with the cause, and no thread is lost for it', async (file, message) => {
    const { pool } = pooled({ maxThreads: 1 })
    const { never } = pool.import<{ never(): number }>(fixture(file))
    for (const attempt of [1, 2]) {
      const error = await rejection(never())
      expect(error, `attempt ${attempt}`).toMatchObject({ code: 'BRIDGE_TASK_NOT_FOUND' })
      expect(error.message).toContain(message)
      expect(error.cause).toBeInstanceOf(Error)
    }
    expect(thrown(() => never().runSync()).message).toContain(message)
    expect(pool.stats().threads).toBe(1)
  })

  it('that lacks the function fails the call with the names of its exports', async () => {
    const error = await rejection(pooled().call('nothingOfThatName'))
    expect(error).toMatchObject({ code: 'BRIDGE_TASK_NOT_FOUND' })
    expect(error.message).toMatch(/exports no function 'nothingOfThatName'; it exports .*addLater/)
  })

  it('that exports something else under that name fails the call with what it is', async () => {
    expect((await rejection(pooled().call('notAFunction'))).message).toContain(
      "exports no function 'notAFunction'"
    )
  })
})

it('a thread that ends before a stream that it reads is released leaves no timer behind', async () => {
  const { code, stdout, stderr } = await runScript(`
    import { createHook } from 'node:async_hooks'
    const timers = new Set()
    createHook({
      init: (id, type) => { if (type === 'Timeout') timers.add(id) },
      destroy: id => { timers.delete(id) }
    }).enable()
    const { createPool } = await import('@bridge/pool')
    const { sendStream } = await import('@bridge/iter')
    const pool = createPool({ maxThreads: 1, concurrencyPerThread: 4, stuckGrace: 1, killGrace: 1 })
    const { sum } = pool.import('${new URL('./fixtures/stream-tasks.mjs', import.meta.url)}')
    const items = pool.import('${TASKS}').waitsForever()[Symbol.asyncIterator]()
    await items.next()
    let open
    const gate = new Promise(resolve => { open = resolve })
    let begin
    const isRead = new Promise(resolve => { begin = resolve })
    const source = async function* () { begin(); await gate; yield 1 }
    const reads = sum(sendStream(source())).then(undefined, () => 'lost')
    await isRead
    const closing = pool.close({ drain: false })
    console.log(await reads)
    open()
    await closing
    // What was stopped is destroyed a turn later.
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate)
    console.log(timers.size)`)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toBe('lost\n0\n')
})
