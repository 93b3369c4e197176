import { describe, expect, test } from 'vitest'
import { runSource } from './child.js'

/** The output of a process that must end by itself, and not by an unhandled rejection. */
async function printed(body: string): Promise<string[]> {
  const { code, stdout, stderr } = await runSource(`
    import { subscribe } from 'node:diagnostics_channel'
    import { bridge, bridged, callMap, inline, parallelMap, runScope } from '@bridge/core'
    const dropped = []
    subscribe('bridge:dropped', ({ name, executor }) => dropped.push(name + ' on ' + executor))
    const nap = bridge(ms => new Promise(resolve => setTimeout(resolve, ms)))
    const fail = bridge(async message => { throw new Error(message) })
    const turns = async () => { for (let n = 0; n < 3; n++) await new Promise(setImmediate) }
    // Two calls that end for one reason need not do so in the same turn.
    const reported = async count => { while (dropped.length < count) await new Promise(setImmediate) }
    const caught = promise => promise.then(() => 'no error', error => error.name)
    ${body}
    await turns()
    console.log('dropped: ' + dropped.join(', '))`)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.trim().split('\n')
}

/** The exit of a process that must end by an unhandled rejection. */
async function endOf(body: string): Promise<{ code: number | null; stderr: string }> {
  const { code, stderr } = await runSource(`
    import { bridge, runScope } from '@bridge/core'
    const nap = bridge(ms => new Promise(resolve => setTimeout(resolve, ms)))
    const fail = bridge(async message => { throw new Error(message) })
    ${body}
    await new Promise(resolve => setTimeout(resolve, 500))`)
  return { code, stderr }
}

describe('a call that a scope or a group ends', () => {
  test('does not end the process where an earlier call is awaited, and the deadline passes', async () => {
    expect(
      await printed(`console.log(await caught(runScope({ timeout: 50 }, async () => {
        const a = nap(300), b = nap(300)
        return [await a, await b]
      })))
      await reported(1)`)
    ).toEqual(['CallTimeoutError', 'dropped: anonymous on inline'])
  })

  test('does not end the process where the signal aborts, and is reported by its channel', async () => {
    expect(
      await printed(`
        const stop = new AbortController()
        runScope({ signal: stop.signal }, () => { nap(300); nap(300).start() })
        await turns()
        stop.abort()
        await reported(2)`)
    ).toEqual(['dropped: anonymous on inline, anonymous on inline'])
  })

  test('does not end the process where a call was made in a scope that is over', async () => {
    expect(await printed(`runScope({ signal: AbortSignal.abort() }, () => { nap(10) })`)).toEqual([
      'dropped: anonymous on inline'
    ])
  })

  test('is not reported if a handler is attached in time', async () => {
    expect(
      await printed(`
        runScope({ signal: AbortSignal.abort() }, () => {
          caught(nap(10))
          caught(nap(10).start())
          const late = nap(10)
          queueMicrotask(() => caught(late))
        })`)
    ).toEqual(['dropped:'])
  })

  test('does not end the process where a sibling in a group fails', async () => {
    expect(
      await printed(`console.log(await caught(parallelMap([1, 2], async n => {
        if (n === 1) return fail('first')
        const a = nap(300), b = nap(300)
        return [await a, await b]
      })))
      await reported(1)`)
    ).toEqual(['Error', 'dropped: anonymous on inline'])
  })

  test('does not end the process where it is the promise of a decorated method', async () => {
    expect(
      await printed(`
        const find = bridged({ timeout: 60_000 })(async function find() { await new Promise(() => {}) }, {})
        runScope({ signal: AbortSignal.abort() }, () => { find() })`)
    ).toEqual(['dropped:'])
  })

  test('does not end the process where it is the constructor of an object that is not used', async () => {
    expect(
      await printed(`
        const { setFlagsFromString } = await import('node:v8')
        setFlagsFromString('--expose-gc')
        const gc = (await import('node:vm')).runInNewContext('gc')
        const tasks = inline.import(new URL(import.meta.resolve('@bridge/core/testing').replace('index', 'tasks')))
        runScope({ signal: AbortSignal.abort() }, () => { new tasks.Counter(1) })
        for (let n = 0; n < 5; n++) { await turns(); gc() }`)
    ).toEqual(['dropped: new Counter on inline'])
  })
})

describe('a call that fails by itself is an unhandled rejection as in JavaScript', () => {
  test("of the task's own error in a scope", async () => {
    const { code, stderr } = await endOf(`runScope({ timeout: 60_000 }, () => { fail('my own') })`)
    expect(code).toBe(1)
    expect(stderr).toContain('my own')
  })

  test("of the call's own timeout in a scope", async () => {
    const { code, stderr } = await endOf(
      `runScope({ timeout: 60_000 }, () => { nap(300).with({ timeout: 20 }) })`
    )
    expect(code).toBe(1)
    expect(stderr).toContain('20 ms')
  })

  test("of the call's own signal in a scope", async () => {
    const { code, stderr } = await endOf(
      `runScope({ timeout: 60_000 }, () => { nap(300).with({ signal: AbortSignal.abort(new Error('own signal')) }) })`
    )
    expect(code).toBe(1)
    expect(stderr).toContain('own signal')
  })

  test('of a promise that was derived from a call that its scope ended', async () => {
    const { code, stderr } = await endOf(
      `runScope({ signal: AbortSignal.abort(new Error('over')) }, () => { nap(300).then(() => {}) })`
    )
    expect(code).toBe(1)
    expect(stderr).toContain('over')
  })
})
