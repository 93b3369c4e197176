import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { bridge, InvalidArgumentError } from '@bridge/core'
import { describe, expect, test } from 'vitest'
import { runSource } from './child.js'

const add = bridge(function add(a: number, b: number) {
  return a + b
})
const addLater = bridge(async (a: number, b: number) => a + b)
const fail = bridge(function fail() {
  throw new RangeError('no')
})

describe('a call as a promise', () => {
  test('works in Promise.all, allSettled, race and any', async () => {
    expect(await Promise.all([add(1, 2), addLater(3, 4), 5])).toEqual([3, 7, 5])
    expect((await Promise.allSettled([add(1, 2), fail()])).map(one => one.status)).toEqual([
      'fulfilled',
      'rejected'
    ])
    expect(await Promise.race([add(1, 2), new Promise(() => {})])).toBe(3)
    expect(await Promise.any([fail(), add(1, 2)])).toBe(3)
  })

  test('can be returned from an async function, and resolved with', async () => {
    const outer = async () => add(1, 2)
    expect(await outer()).toBe(3)
    expect(await Promise.resolve(add(1, 2))).toBe(3)
    expect(await new Promise(resolve => resolve(add(1, 2)))).toBe(3)
  })

  test('can be a stream that an async function returns', async () => {
    const items = bridge(function* () {
      yield* [1, 2]
    })
    const outer = async () => items()
    const seen = []
    for await (const item of await outer()) seen.push(item)
    expect(seen).toEqual([1, 2])
  })

  test('has catch and finally', async () => {
    expect(await fail().catch((error: Error) => error.message)).toBe('no')
    let ran = false
    await add(1, 2).finally(() => {
      ran = true
    })
    expect(ran).toBe(true)
  })

  test("works with vitest's and node's assertions", async () => {
    await expect(add(1, 2)).resolves.toBe(3)
    await expect(fail()).rejects.toThrow(RangeError)
    await assert.rejects(() => fail(), RangeError)
    await assert.doesNotReject(() => add(1, 2))
  })

  test('prints its function and its state', async () => {
    const call = add(1, 2)
    expect(inspect(call)).toBe('Call add (not started)')
    await call
    expect(inspect(call)).toBe('Call add (consumed)')
    const old = add(1, 2)
    const bounded = old.with({ timeout: 60_000 })
    expect(inspect(old)).toBe('Call add (replaced by with())')
    expect(inspect({ bounded })).toBe('{ bounded: Call add (not started) }')
    expect(inspect(bridge(() => 1)())).toBe('Call anonymous (not started)')
    expect(Object.prototype.toString.call(call)).toBe('[object Call]')
    expect(await bounded).toBe(3)
  })
})

describe('a call that was not awaited throws in', () => {
  const refused = (act: () => unknown) => {
    expect(act).toThrow(InvalidArgumentError)
    expect(act).toThrow(/add\(\) is a call, not its value: await it/)
  }

  test('JSON.stringify, at any depth', () => {
    refused(() => JSON.stringify(add(1, 2)))
    refused(() => JSON.stringify({ sums: [add(1, 2)] }))
  })

  test('a template string, concatenation and arithmetic', () => {
    refused(() => `${add(1, 2)}`)
    refused(() => `sum: ${add(1, 2)}`)
    refused(() => (add(1, 2) as unknown as number) + 1)
    refused(() => Number(add(1, 2)))
  })

  test('the arguments of another call', () => {
    const wrong = add as unknown as (a: unknown, b: number) => unknown
    expect(() => wrong(add(1, 2), 3)).toThrow(InvalidArgumentError)
    expect(() => wrong(add(1, 2), 3)).toThrow('add(): args[0] is a call, not its value: await it first')
  })

  test('structuredClone and postMessage', () => {
    expect(() => structuredClone(add(1, 2))).toThrow(/awaitTheCallFirst/)
    expect(() => new MessageChannel().port1.postMessage({ sum: add(1, 2) })).toThrow(/awaitTheCallFirst/)
  })
})

describe('a failure that is not handled', () => {
  const script = (body: string) => `
    import { bridge } from '@bridge/core'
    process.on('unhandledRejection', error => console.log('unhandled', error.message))
    const fail = bridge(() => { throw new Error('no') })
    const failLater = bridge(async () => { throw new Error('later') })
    ${body}`

  test('is an unhandled rejection, as of any function', async () => {
    const { stdout } = await runSource(script('fail(); failLater(); failLater().start()'))
    expect(stdout.trim().split('\n').sort()).toEqual(['unhandled later', 'unhandled later', 'unhandled no'])
  })

  test('ends the process by default', async () => {
    const { code, stderr } = await runSource(`
      import { bridge } from '@bridge/core'
      bridge(() => { throw new Error('no') })()`)
    expect(code).toBe(1)
    expect(stderr).toContain('Error: no')
  })

  test('is not one where a blocking call, a wait or an iteration has thrown it', async () => {
    const { code, stdout } = await runSource(
      script(`
      const quiet = act => { try { act() } catch {} }
      quiet(() => fail().runSync())
      const future = fail().start()
      quiet(() => future.waitSync())
      const started = fail()
      await null
      quiet(() => started.runSync())
      quiet(() => { for (const item of fail()) item })
      const items = bridge(function* () { throw new Error('items') })
      for (const use of [c => c.start(), async c => { for await (const i of c) i }]) await use(items()).then(async s => { for await (const i of s) i }).catch(() => {})
      const autostarted = fail()
      await null
      try { for await (const item of autostarted) item } catch {}
      await fail().catch(() => {})
      await new Promise(resolve => setImmediate(resolve))`)
    )
    expect([code, stdout]).toEqual([0, ''])
  })
})
