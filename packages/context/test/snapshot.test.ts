import { AsyncLocalStorage } from 'node:async_hooks'
import { bindContext, captureContext, carry, createContext, restoreContext } from '@bridge/context'
import { InvalidArgumentError, NotCloneableError } from '@bridge/core'
import { describe, expect, test } from 'vitest'

const throughJson = () => restoreContext(JSON.parse(JSON.stringify(captureContext())))

describe('a snapshot', () => {
  test('restores everything later', () => {
    const user = createContext<string>('later')
    const snapshot = user.run('ada', captureContext)
    expect(user.run('someone else', () => snapshot.run(() => user.get()))).toBe('ada')
  })

  test('travels as JSON', () => {
    const user = createContext<{ name: string; roles: string[] }>('json')
    const snapshot = user.run({ name: 'ada', roles: ['admin'] }, throughJson)
    expect(snapshot.run(() => user.get())).toEqual({ name: 'ada', roles: ['admin'] })
  })

  test('travels as JSON with the encoded value', () => {
    const since = createContext<Date>('since', {
      encode: date => date.toISOString(),
      decode: wire => new Date(wire as string)
    })
    const date = new Date(0)
    const snapshot = since.run(date, throughJson)
    expect(snapshot.run(() => since.get())).toEqual(date)
  })

  test('restores a value for a context that is created only later', () => {
    const snapshot = restoreContext({ 'created later': 7 })
    expect(snapshot.run(() => createContext<number>('created later').get())).toBe(7)
  })

  test('travels as JSON whatever its name is', () => {
    const odd = createContext<number>('__proto__')
    const json = odd.run(1, () => JSON.stringify(captureContext()))
    expect(restoreContext(JSON.parse(json)).run(() => odd.get())).toBe(1)
  })

  test('passes on what no module carries yet, and restores it once one does', () => {
    const json = { user: 'ada', '@bridge/context/carried': { unknown: { id: 1 } } }
    const snapshot = restoreContext(json)
    expect(snapshot.toJSON()).toEqual(json)
    const storage = carry(new AsyncLocalStorage(), { name: 'unknown' })
    expect(snapshot.run(() => storage.getStore())).toEqual({ id: 1 })
  })

  test.each([[null], [5], ['abc'], [{ '@bridge/context': 5 }]])('refuses %o as what is carried', carried => {
    expect(() => restoreContext({ '@bridge/context/carried': carried })).toThrow(InvalidArgumentError)
  })

  test('passes on values that were not read', () => {
    const json = { 'never created': { deep: [1] } }
    expect(restoreContext(json).run(() => captureContext().toJSON())).toEqual(json)
  })

  test('leaves local contexts out of the JSON and keeps those of the restoring code', () => {
    const logger = createContext<() => string>('logger', { local: true })
    const json = logger.run(
      () => 'theirs',
      () => captureContext().toJSON()
    )
    expect(json).toEqual({})
    expect(
      logger.run(
        () => 'ours',
        () => restoreContext(json).run(() => logger.get()?.())
      )
    ).toBe('ours')
  })

  test.each([
    ['a Map', new Map([[1, 2]])],
    ['a Date', new Date(0)],
    ['a bigint', 1n],
    ['not a number', Number.NaN]
  ])('refuses to become JSON with %s inside, and names the context', (what, value) => {
    const context = createContext<{ value: unknown }>(`with ${what}`)
    const toJson = () => context.run({ value }, () => captureContext().toJSON())
    expect(toJson).toThrow(NotCloneableError)
    expect(toJson).toThrow(`'with ${what}'`)
  })

  test.each([
    ['a string', '{}'],
    ['null', null],
    ['an array', []]
  ])('is not restored from %s', (_, json) => {
    expect(() => restoreContext(json as never)).toThrow(InvalidArgumentError)
  })
})

test('a bound function keeps name, length and this', () => {
  function onError(this: unknown, _error: unknown, _request: unknown, _response: unknown, _next: unknown) {
    return this
  }
  const bound = bindContext(onError)
  expect([bound.name, bound.length]).toEqual(['onError', 4])
  const receiver = {}
  expect(bound.call(receiver, 1, 2, 3, 4)).toBe(receiver)
})
