import { AsyncLocalStorage } from 'node:async_hooks'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { addCarrier, bridge, InvalidArgumentError, inline } from '@bridge/core'
import { hostRun } from '@bridge/core/host'
import { describe, expect, test } from 'vitest'
import { scratchFolder } from './child.js'
import { turn } from './latch.js'

const locale = new AsyncLocalStorage<string>()
addCarrier({
  name: 'test/locale',
  module: import.meta.url,
  capture: () => locale.getStore(),
  restore: (value, fn) => locale.run(value as string, fn)
})

// The modules that tests write have nothing else in common with this one.
Object.assign(globalThis, { readLocale: () => locale.getStore() })

const LOCALE = ['test/locale', import.meta.url, 'de'] as const

/** A module of tasks that see what the carriers of this thread have restored. */
function moduleOf(source: string): string {
  const file = join(scratchFolder(), 'tasks.mjs')
  writeFileSync(file, source)
  return pathToFileURL(file).href
}

describe('what a carrier captured', () => {
  test('is there in a local call, which simply has it', async () => {
    const read = bridge(async () => {
      await turn()
      return locale.getStore()
    })
    expect(await locale.run('de', () => read().start())).toBe('de')
    expect(await read()).toBeUndefined()
  })

  test('is there though another copy of its module has registered the carrier again meanwhile', async () => {
    const storage = new AsyncLocalStorage<string>()
    const again = () =>
      addCarrier({
        name: 'test/again',
        module: import.meta.url,
        capture: () => storage.getStore(),
        restore: (value, fn) => storage.run(value as string, fn)
      })
    again()
    const call = storage.run('de', () => bridge(() => storage.getStore())())
    again()
    expect(await storage.run('fr', () => call.start())).toBe('de')
  })

  test('is that of the opener at every step of a local stream, whoever pulls', async () => {
    const steps = bridge(function* () {
      yield locale.getStore()
      yield locale.getStore()
    })
    const stream = await locale.run('de', () => steps().start())
    const seen: unknown[] = []
    for await (const value of stream) seen.push(value, locale.getStore())
    expect(seen).toEqual(['de', undefined, 'de', undefined])
    const blocking = locale.run('de', () => steps().runSync())
    expect([...locale.run('fr', () => [...blocking])]).toEqual(['de', 'de'])
  })

  test('is restored in a host, around the function and each step', async () => {
    const module = moduleOf(`
      export const get = async () => { await null; return readLocale() }
      export function* steps() { yield readLocale(); yield readLocale() }`)
    const request = { module, args: [], context: [LOCALE] }
    expect(await hostRun({ ...request, name: 'get' }).outcome).toEqual({ type: 'value', value: 'de' })
    const outcome = await hostRun({ ...request, name: 'steps' }).outcome
    if (outcome.type !== 'stream') throw new Error(outcome.type)
    expect(outcome.iterator.next()).toEqual({ done: false, value: 'de' })
    expect(await outcome.iterator.next()).toEqual({ done: false, value: 'de' })
    expect(locale.getStore()).toBeUndefined()
  })

  test('is restored together with that of every other carrier', async () => {
    const tenant = new AsyncLocalStorage<number>()
    addCarrier({
      name: 'test/tenant',
      module: import.meta.url,
      capture: () => tenant.getStore(),
      restore: (value, fn) => tenant.run(value as number, fn)
    })
    const steps = bridge(function* () {
      yield [locale.getStore(), tenant.getStore()]
    })
    const stream = locale.run('de', () => tenant.run(7, () => steps().runSync()))
    expect([...stream]).toEqual([['de', 7]])
  })

  test('is seen in a module that inline imports, although loading takes turns of the event loop', async () => {
    const module = moduleOf(`
      export const get = () => readLocale()`)
    const tasks = inline.import<{ get(): Promise<unknown> }>(module)
    expect(await locale.run('de', () => tasks.get().start())).toBe('de')
  })
})

describe('a carrier that a host does not know', () => {
  test('is imported from its module before the function runs', async () => {
    const folder = scratchFolder()
    const carrier = join(folder, 'carrier.mjs')
    writeFileSync(
      carrier,
      `import { addCarrier } from '@bridge/core'
      addCarrier({
        name: 'test/late',
        module: import.meta.url,
        capture: () => undefined,
        restore: (value, fn) => { globalThis.lateCarrier = value; try { return fn() } finally { delete globalThis.lateCarrier } }
      })`
    )
    const module = moduleOf('export const get = () => globalThis.lateCarrier')
    const context = [['test/late', pathToFileURL(carrier).href, 'carried']] as const
    const { outcome } = hostRun({ name: 'get', module, args: [], context })
    expect(await outcome).toEqual({ type: 'value', value: 'carried' })
  })

  test('and whose module is missing, fails the call with the cause', async () => {
    const module = moduleOf('export const get = () => 1')
    const context = [['test/missing', 'file:///no/such/carrier.mjs', 'x']] as const
    const outcome = await hostRun({ name: 'get', module, args: [], context }).outcome
    expect(outcome.type).toBe('error')
    expect(JSON.stringify(outcome)).toContain('carrier.mjs')
  })
})

test.each([
  undefined,
  {},
  { name: 'x' },
  { name: 'x', module: 'y', capture: 1 },
  { name: 'x', module: 'y', capture() {} },
  { name: 1, module: 'y', capture() {}, restore() {} }
])('addCarrier refuses %o', carrier => {
  expect(() => addCarrier(carrier as never)).toThrow(InvalidArgumentError)
})
