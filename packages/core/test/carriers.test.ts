import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { addCarrier, bridge, InvalidArgumentError, inline } from '@bridge/core'
import { runTask } from '@bridge/core/host'
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

// The modules that tests write share nothing else with this module.
Object.assign(globalThis, { readLocale: () => locale.getStore() })

const LOCALE = ['test/locale', import.meta.url, 'de'] as const

/** A module of tasks that see what the carriers of this thread have restored. */
function moduleOf(source: string): string {
  const file = join(scratchFolder(), 'tasks.mjs')
  writeFileSync(file, source)
  return pathToFileURL(file).href
}

describe('the value that a carrier captured', () => {
  test('is available in a local call', async () => {
    const read = bridge(async () => {
      await turn()
      return locale.getStore()
    })
    expect(await locale.run('de', () => read().start())).toBe('de')
    expect(await read()).toBeUndefined()
  })

  test('is restored although another copy of its module has registered the carrier again', async () => {
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

  test('is that of the opener at every step of a local stream, wherever it is pulled', async () => {
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
    expect(await runTask({ ...request, name: 'get' }).outcome).toEqual({ type: 'value', value: 'de' })
    const outcome = await runTask({ ...request, name: 'steps' }).outcome
    if (outcome.type !== 'stream') throw new Error(outcome.type)
    expect(outcome.iterator.next()).toEqual({ done: false, value: 'de' })
    expect(await outcome.iterator.next()).toEqual({ done: false, value: 'de' })
    expect(locale.getStore()).toBeUndefined()
  })

  test('is set by enter() where a task starts in an async context of its own, and restored in its later steps', async () => {
    const user = new AsyncLocalStorage<string>()
    const entered: unknown[] = []
    const restored: unknown[] = []
    addCarrier({
      name: 'test/user',
      module: import.meta.url,
      capture: () => user.getStore(),
      restore: (value, fn) => {
        restored.push(value)
        return user.run(value as string, fn)
      },
      enter: value => {
        entered.push(value)
        user.enterWith(value as string)
      }
    })
    Object.assign(globalThis, { readUser: () => user.getStore() })
    const module = moduleOf(`
      export const get = () => [readUser(), readLocale()]
      export function* steps() { yield readUser(); yield readUser() }`)
    const user7 = ['test/user', import.meta.url, 'u7'] as const
    const task = { module, args: [], context: [user7, LOCALE] }
    // Its module is not loaded, so it starts later, in an async context that is not its own.
    await runTask({ ...task, name: 'get', isIsolated: true }).outcome
    expect([entered, restored.splice(0)]).toEqual([[], ['u7']])
    await new AsyncResource('TEST').runInAsyncScope(async () => {
      const own = { ...task, isIsolated: true }
      expect(await runTask({ ...own, name: 'get' }).outcome).toEqual({ type: 'value', value: ['u7', 'de'] })
      expect([entered.splice(0), restored]).toEqual([['u7'], []])
    })
    expect(user.getStore()).toBeUndefined()
    const outcome = await new AsyncResource('TEST').runInAsyncScope(
      () => runTask({ ...task, name: 'steps', isIsolated: true }).outcome
    )
    if (outcome.type !== 'stream') throw new Error(outcome.type)
    expect(outcome.iterator.next()).toEqual({ done: false, value: 'u7' })
    expect(user.getStore()).toBeUndefined()
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
    const { outcome } = runTask({ name: 'get', module, args: [], context })
    expect(await outcome).toEqual({ type: 'value', value: 'carried' })
  })

  test('and whose module is missing, fails the call with the cause', async () => {
    const module = moduleOf('export const get = () => 1')
    const context = [['test/missing', 'file:///no/such/carrier.mjs', 'x']] as const
    const outcome = await runTask({ name: 'get', module, args: [], context }).outcome
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
  { name: 1, module: 'y', capture() {}, restore() {} },
  { name: 'x', module: 'y', capture() {}, restore() {}, enter: 1 }
])('addCarrier refuses %o', carrier => {
  expect(() => addCarrier(carrier as never)).toThrow(InvalidArgumentError)
})
