import { describe, expect, it } from 'vitest'
import { runScript } from './helpers.js'

/** What a script of these lines prints, in a process whose modules Node itself loads. */
async function printed(lines: string): Promise<string[]> {
  const { stdout, stderr } = await runScript(`
    import { registerErrors } from '@bridge/core'
    import { createPool, loop } from '@bridge/pool'
    const pool = createPool({ maxThreads: 1 })
    const url = new URL('./fixtures/error-tasks.mjs', 'file://' + process.cwd() + '/')
    const hops = new URL('./error-hops.mjs', url)
    const caught = call => call.then(() => 'nothing', error => error)
    ${lines}
    await pool.close()
  `)
  expect(stderr).toBe('')
  return stdout.trim().split('\n')
}

describe('an error of a class that its module exports', () => {
  it('is of that class if the module is bridged, on every executor', async () => {
    expect(
      await printed(`
        const { DbError, queryAnywhere } = await import(url)
        for (const executor of [pool, loop]) {
          const error = await caught(queryAnywhere('a').with({ executor }))
          console.log(error instanceof DbError, error.table, error.message)
        }
        try { queryAnywhere('b').with({ executor: pool }).runSync() } catch (error) { console.log(error instanceof DbError, error.table) }
      `)
    ).toEqual(['true a no such table: a', 'true a no such table: a', 'true b'])
  })

  it('is of that class if the module runs in place, too', async () => {
    expect(
      await printed(`
        import { inline } from '@bridge/core'
        await caught(inline.import(url).query('x'))
        const { DbError } = await import(url)
        const error = await caught(pool.import(url).query('a'))
        console.log(error instanceof DbError, error.table)
      `)
    ).toEqual(['true a'])
  })

  it('is of the nearest class that the module exports', async () => {
    expect(
      await printed(`
        const { DbError } = await import(url)
        const error = await caught(pool.import(url).lock('a'))
        console.log(error instanceof DbError, error.constructor.name, error.table, error.by)
      `)
    ).toEqual(['true DbError a another'])
  })

  it('has its name and fields if the module was never loaded', async () => {
    expect(
      await printed(`
        const error = await caught(pool.import(url).query('a'))
        console.log(error.constructor.name, error.name, error.table)
      `)
    ).toEqual(['Error DbError a'])
  })

  it('is of the class that was registered under its name, which takes precedence', async () => {
    expect(
      await printed(`
        await import(url)
        class DbError extends Error {}
        registerErrors({ DbError })
        const error = await caught(pool.import(url).query('a'))
        console.log(error instanceof DbError, error.table)
      `)
    ).toEqual(['true a'])
  })

  it('is of its class after two hops, where the thread between never loaded the module', async () => {
    expect(
      await printed(`
        const { DbError } = await import(url)
        const error = await caught(pool.import(hops).queryElsewhere(url.href, 'a'))
        console.log(error instanceof DbError, error.table)
      `)
    ).toEqual(['true a'])
  })
})

describe('an abort whose reason holds 2,000 causes', () => {
  it.each(['pool', 'loop'])('ends the call and not the process, on %s', async name => {
    expect(
      await printed(`
        let reason = new Error('innermost')
        for (let n = 0; n < 2000; n++) reason = new Error('cause ' + n, { cause: reason })
        const tasks = ${name}.import(new URL('./tasks.mjs', hops))
        const abort = new AbortController()
        await tasks.add(1, 2)
        const call = caught(tasks.waitForAbort().with({ signal: abort.signal }))
        await new Promise(setImmediate)
        abort.abort(reason)
        console.log(await call === reason, await tasks.add(1, 2))
      `)
    ).toEqual(['true 3'])
  })
})
