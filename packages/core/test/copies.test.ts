import { describe, expect, test } from 'vitest'
import { runSource } from './child.js'

/** Runs a script that has both copies of the package, and gives what it printed as JSON. */
async function withBoth(body: string): Promise<unknown> {
  const { code, stdout, stderr } = await runSource(`
    import { createRequire } from 'node:module'
    import { AsyncLocalStorage } from 'node:async_hooks'
    import * as esmMain from '@bridge/core'
    import * as esmExecutor from '@bridge/core/executor'
    const require = createRequire(import.meta.url)
    const cjsMain = require('@bridge/core')
    const [esm, cjs] = [{ ...esmMain, ...esmExecutor }, { ...cjsMain, ...require('@bridge/core/executor') }]
    const print = value => console.log(JSON.stringify(value))
    ${body}`)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}

describe('the ESM and the CommonJS copy of the package in one process', () => {
  test('are two', async () => {
    expect(await withBoth('print(esm.bridge !== cjs.bridge)')).toBe(true)
  })

  test('export the same names', async () => {
    expect(
      await withBoth(`
      const names = it => Object.keys(it).filter(name => name !== 'default' && name !== 'module.exports').sort()
      print(JSON.stringify(names(esm)) === JSON.stringify(names(cjs)) && names(esm).length > 30)`)
    ).toBe(true)
  })

  test('recognize errors of each other', async () => {
    expect(
      await withBoth(`
      const error = await cjs.bridge(() => new Promise(() => {}))().with({ timeout: 1 }).catch(error => error)
      print([error instanceof cjs.CallTimeoutError, error instanceof esm.CallTimeoutError,
        error instanceof esm.BridgeError, error instanceof esm.CallAbortedError])`)
    ).toEqual([true, true, true, false])
  })

  test('share the scope', async () => {
    expect(
      await withBoth(`
      const read = cjs.bridge(() => esm.currentTask()?.name + ' ' + cjs.currentTask()?.name)
      const never = cjs.bridge(() => new Promise(() => {}))
      const stop = new AbortController()
      const call = esm.runScope({ signal: stop.signal }, () => never().start())
      stop.abort('stopped')
      print([await esm.runScope({ timeout: 1000 }, () => read().start()), await call.catch(reason => reason)])`)
    ).toEqual(['anonymous anonymous', 'stopped'])
  })

  test('share the carriers', async () => {
    expect(
      await withBoth(`
      const storage = new AsyncLocalStorage()
      esm.addCarrier({ name: 'x', module: import.meta.url, capture: () => storage.getStore(),
        restore: (value, fn) => storage.run(value, fn) })
      const items = cjs.bridge(function* () { yield storage.getStore() })
      const stream = storage.run('carried', () => items().runSync())
      print([...stream])`)
    ).toEqual(['carried'])
  })

  test('share registered error classes', async () => {
    expect(
      await withBoth(`
      class Mine extends Error {}
      cjs.registerErrors({ Mine })
      print(esm.decodeThrown(structuredClone(esm.encodeThrown(new Mine('x')))) instanceof Mine)`)
    ).toBe(true)
  })

  test('accept executors, streams and sources of each other', async () => {
    expect(
      await withBoth(`
      const url = new URL(import.meta.resolve('@bridge/core/testing')).href.replace('index', 'tasks')
      const tasks = cjs.inline.import(url)
      const seen = []
      for await (const n of tasks.count(2).with({ executor: esm.inline })) seen.push(n)
      const source = esm.streamSource({ next: async () => ({ done: true }), return: async () => ({ done: true }) })
      print([seen, cjs.isSource(source)])`)
    ).toEqual([[1, 2], true])
  })

  test('each refuse a call of the other as an argument', async () => {
    expect(
      await withBoth(`
      const add = esm.bridge(function add(a, b) { return a + b })
      try { add(1, cjs.bridge(() => 1)()) } catch (error) { print(error.message) }`)
    ).toMatch(/args\[1\] is a call/)
  })

  test('both pass the conformance suite', async () => {
    const suites = ["await import('@bridge/core/testing')", "require('@bridge/core/testing')"]
    // Side by side, each in a process of its own: the suite mostly waits.
    const runs = suites.flatMap(suite =>
      ['esm', 'cjs'].map(copy =>
        withBoth(`
        // One case copies an instance, which prints a warning.
        process.removeAllListeners('warning')
        const { conformanceCases } = ${suite}
        const { inline } = ${copy}
        const failed = []
        process.env.NODE_ENV = 'production' // copies of instances are among the cases, of which it warns otherwise
        for (const { name, run } of conformanceCases(inline)) await run(inline).catch(e => failed.push(name + ': ' + e))
        print(failed)`)
      )
    )
    expect(await Promise.all(runs)).toEqual([[], [], [], []])
  })

  test('have suites that can be loaded side by side, and both pass in one process', async () => {
    expect(
      await withBoth(`
      process.removeAllListeners('warning')
      process.env.NODE_ENV = 'production' // copies of instances are among the cases, of which it warns otherwise
      const suites = [await import('@bridge/core/testing'), require('@bridge/core/testing')]
      const failed = []
      for (const { conformanceCases } of suites) {
        for (const { name, run } of conformanceCases(esm.inline)) {
          await run(esm.inline).catch(e => failed.push(name + ': ' + e))
        }
      }
      print([suites[0].conformanceCases !== suites[1].conformanceCases, failed])`)
    ).toEqual([true, []])
  })
})
