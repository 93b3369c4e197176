import { loop } from '@bridge/pool'
import { describe, expect, it } from 'vitest'
import { pooled, rejection, runScript, TASKS, type Tasks } from './helpers.js'

const tasksOf = `const tasks = pool.import(${JSON.stringify(TASKS.href)})`

describe('close()', () => {
  it('lets running and waiting calls end first', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1 })
    const answers = Promise.all([tasks.spin(20), tasks.add(1, 2), tasks.add(3, 4)])
    await null
    await pool.close()
    expect((await answers).slice(1)).toEqual([3, 7])
    expect(pool.stats().threads).toBe(0)
  })

  it('without drain fails running and waiting calls', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1, killGrace: 10 })
    const running = tasks.neverSettles().start()
    const waiting = tasks.add(1, 2).start()
    const failures = Promise.all([rejection(running), rejection(waiting)])
    await pool.close({ drain: false })
    for (const failure of await failures) expect(failure).toMatchObject({ code: 'BRIDGE_CLOSED' })
  })

  it('may be called twice', async () => {
    const { pool, tasks } = pooled()
    await tasks.add(1, 2)
    await Promise.all([pool.close(), pool.close()])
    await pool.close()
    expect(pool.stats().threads).toBe(0)
  })

  it('without drain shortens an earlier close() that is waiting', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1, killGrace: 10 })
    const failure = rejection(tasks.neverSettles())
    await null
    const first = pool.close()
    await pool.close({ drain: false })
    await first
    expect(await failure).toMatchObject({ code: 'BRIDGE_CLOSED' })
  })

  it('refuses later calls with a named error', async () => {
    const { pool, tasks } = pooled()
    await pool.close()
    expect(await rejection(tasks.add(1, 2))).toMatchObject({
      name: 'ExecutorClosedError',
      code: 'BRIDGE_CLOSED'
    })
    expect(() => tasks.add(1, 2).runSync()).toThrow('add(): pool is closed')
  })

  it('stops a stream that is still open, and lets it clean up', async () => {
    const { pool, tasks } = pooled({ killGrace: 5000 })
    const stream = tasks.pendingForever()[Symbol.asyncIterator]()
    await stream.next()
    const pending = rejection(stream.next())
    await pool.close()
    expect(await pending).toMatchObject({ code: 'BRIDGE_CLOSED' })
  })
})

describe('close() of loop', () => {
  it('ends its thread, and the next call starts another', async () => {
    const tasks = loop.import<Tasks>(TASKS)
    const before = await tasks.thread()
    await loop.close()
    expect(loop.stats().threads).toBe(0)
    expect(await tasks.thread()).not.toBe(before)
  })
})

describe('a process', () => {
  it('ends by itself while idle threads are alive', async () => {
    const script = `
      import { createPool } from '@bridge/pool'
      const pool = createPool()
      ${tasksOf}
      console.log(await tasks.add(1, 2), tasks.add(3, 4).runSync(), pool.stats().threads)
    `
    expect(await runScript(script)).toEqual({ code: 0, stdout: '3 7 1\n', stderr: '' })
  })

  it.each([
    ['--max-old-space-size=200'],
    ['--stack-trace-limit=20', '--expose-gc', '--title=a, b', '--import', 'data:text/javascript,']
  ])('may have flags that no thread takes: %s', async (...flags) => {
    const script = `
      import { createPool, loop } from '@bridge/pool'
      const pool = createPool()
      ${tasksOf}
      const { add } = loop.importSync(${JSON.stringify(TASKS.href)})
      console.log(await tasks.add(1, 2), add(3, 4))
    `
    expect(await runScript(script, flags)).toEqual({ code: 0, stdout: '3 7\n', stderr: '' })
  })

  it('is kept alive by a pending call', async () => {
    const script = `
      import { createPool } from '@bridge/pool'
      const pool = createPool()
      ${tasksOf}
      tasks.addLater(1, 2).then(console.log)
    `
    expect(await runScript(script)).toEqual({ code: 0, stdout: '3\n', stderr: '' })
  })

  it('is not kept alive by an open stream that is not pulled', async () => {
    const script = `
      import { createPool } from '@bridge/pool'
      const pool = createPool()
      ${tasksOf}
      const stream = tasks.numbers(1e9)[Symbol.asyncIterator]()
      console.log((await stream.next()).value)
    `
    expect(await runScript(script)).toEqual({ code: 0, stdout: '0\n', stderr: '' })
  })

  it('awaits close() to its end', async () => {
    const script = `
      import { createPool } from '@bridge/pool'
      const pool = createPool()
      ${tasksOf}
      await tasks.add(1, 2)
      await pool.close()
      console.log('closed')
    `
    expect(await runScript(script)).toEqual({ code: 0, stdout: 'closed\n', stderr: '' })
  })

  it('starts and prints nothing when the package is imported', async () => {
    const script = `
      const { createPool } = await import('@bridge/pool')
      createPool()
      console.log(process.getActiveResourcesInfo().filter(name => /Worker|MessagePort|Timeout/.test(name)))
    `
    expect(await runScript(script)).toEqual({ code: 0, stdout: '[]\n', stderr: '' })
  })
})
