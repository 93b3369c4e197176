import { decodeThrown, encodeThrown } from '@bridge/core/executor'
import { describe, expect, onTestFinished, test } from 'vitest'

/** The error as another thread receives it. */
const cross = (thrown: unknown): unknown => decodeThrown(structuredClone(encodeThrown(thrown)))
const crossError = (thrown: unknown) => cross(thrown) as Error & Record<string, unknown>

/** The innermost of the causes, and how many there are. */
function innermost(error: Error, key = 'cause'): { depth: number; last: Error } {
  let depth = 0
  let last = error
  for (; last !== undefined && key in last; depth++)
    last = (last as unknown as Record<string, Error>)[key] as Error
  return { depth, last }
}

describe('an error that holds very many others arrives, with a mark where errors were left out', () => {
  test.each([2000, 100_000])('%i causes, one in the other', count => {
    let error = new Error('innermost')
    for (let n = 0; n < count; n++) error = new Error(String(n), { cause: error })
    const { depth, last } = innermost(crossError(error))
    expect(depth).toBe(1001)
    expect(last.message).toMatch(/errors were left out/)
  })

  test('errors in the data of errors, one in the other', () => {
    let error = new Error('innermost')
    for (let n = 0; n < 20_000; n++) error = Object.assign(new Error(String(n)), { data: error })
    expect(innermost(crossError(error), 'data').last.message).toMatch(/errors were left out/)
  })

  test('errors among the errors of errors, one in the other', () => {
    let error = new AggregateError([], 'innermost')
    for (let n = 0; n < 20_000; n++) error = new AggregateError([error])
    let last = crossError(error)
    while (Array.isArray(last.errors) && last.errors.length > 0) last = last.errors[0]
    expect(last.message).toMatch(/errors were left out/)
  })

  test('a getter that makes a new cause each time', () => {
    class Endless extends Error {
      override get cause() {
        return new Endless('again')
      }
    }
    expect(innermost(crossError(new Endless('first'))).last.message).toMatch(/errors were left out/)
  })

  test('a getter that makes two new errors each time', () => {
    class Endless extends Error {
      get errors() {
        return [new Endless(), new Endless()]
      }
    }
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    onTestFinished(() => {
      Error.stackTraceLimit = stackTraceLimit
    })
    expect(crossError(new Endless('first'))).toMatchObject({ message: 'first', name: 'Endless' })
  })

  test('twenty thousand errors side by side, each of them', () => {
    const errors = Array.from({ length: 20_000 }, (_, n) => new TypeError(String(n)))
    const arrived = crossError(new AggregateError(errors)) as unknown as AggregateError
    expect(arrived.errors).toHaveLength(20_000)
    expect(arrived.errors.at(-1)).toBeInstanceOf(TypeError)
    expect(arrived.errors.at(-1).message).toBe('19999')
  })

  test('more errors side by side than cross at once', () => {
    const errors = Array.from({ length: 30_000 }, () => 'text')
    const arrived = crossError(new AggregateError(errors)) as unknown as AggregateError
    expect(arrived.errors).toHaveLength(25_001)
    expect(arrived.errors.at(-1).message).toMatch(/errors were left out/)
  })

  test('data that is deeper than can be copied, as text', () => {
    let deep: unknown = 'innermost'
    for (let n = 0; n < 100_000; n++) deep = [deep]
    expect(typeof crossError(Object.assign(new Error('x'), { deep })).deep).toBe('string')
    expect(typeof cross(deep)).toBe('string')
  })

  test('a getter that makes data without end, as text', () => {
    class Endless {
      get next() {
        return new Endless()
      }
    }
    const data = { ...new Endless() }
    Object.defineProperty(data, 'next', {
      enumerable: true,
      get: () => ({ __proto__: null, ...{ next: data } })
    })
    expect(crossError(Object.assign(new Error('x'), { data })).message).toBe('x')
  })
})

describe('errors in the data of an error keep class, fields and cause', () => {
  test.each([
    [
      'an object',
      (inner: Error) => ({ deep: { inner } }),
      (data: never) => (data as { deep: { inner: Error } }).deep.inner
    ],
    ['an array', (inner: Error) => [1, [inner]], (data: never) => (data as [number, [Error]])[1][0]],
    [
      'a Map',
      (inner: Error) => new Map([['a', inner]]),
      (data: never) => (data as Map<string, Error>).get('a')
    ],
    ['a Set', (inner: Error) => new Set([inner]), (data: never) => [...(data as Set<Error>)][0]]
  ])('in %s', (_, wrap, unwrap) => {
    const inner = Object.assign(new RangeError('inner', { cause: new TypeError('why') }), { code: 'E' })
    const arrived = crossError(Object.assign(new Error('outer'), { response: wrap(inner) }))
    const found = unwrap(arrived.response as never) as unknown as Error
    expect(found).toBeInstanceOf(RangeError)
    expect(found).toMatchObject({ code: 'E', message: 'inner' })
    expect(found.cause).toBeInstanceOf(TypeError)
  })

  test('and are one error where they were one', () => {
    const inner = new Error('inner')
    const arrived = crossError(Object.assign(new Error('outer', { cause: inner }), { list: [inner, inner] }))
    expect((arrived.list as Error[])[0]).toBe(arrived.cause)
    expect((arrived.list as Error[])[1]).toBe(arrived.cause)
  })

  test('also where the outer error itself stands in its data', () => {
    const error = Object.assign(new Error('x'), { data: {} })
    error.data = { error }
    const arrived = crossError(error)
    expect((arrived.data as { error: Error }).error).toBe(arrived)
  })

  test('also where plain data was thrown', () => {
    const { error } = cross({ error: Object.assign(new RangeError('x'), { code: 'E' }) }) as { error: Error }
    expect(error).toBeInstanceOf(RangeError)
    expect(error).toMatchObject({ code: 'E' })
  })

  test('and data that looks like an encoded error arrives unchanged', () => {
    const data = { '@bridge/error': 0, of: { '@bridge/error': { literal: 1 } } }
    expect(crossError(Object.assign(new Error('x'), { data })).data).toEqual(data)
    expect(crossError(Object.assign(new Error('x'), { data: [new Error('y'), data] })).data).toMatchObject([
      {},
      data
    ])
  })
})

describe('what an error holds without showing it', () => {
  test('a cause that is undefined arrives, as own property', () => {
    const arrived = crossError(new Error('x', { cause: undefined }))
    expect(Object.hasOwn(arrived, 'cause')).toBe(true)
    expect(Object.keys(arrived)).toEqual([])
  })

  test('own properties of a DOMException arrive, and its cause', () => {
    const error = Object.assign(
      new DOMException('gone', { name: 'AbortError', cause: new TypeError('why') } as never),
      {
        url: '/x'
      }
    )
    const arrived = crossError(error)
    expect(arrived).toBeInstanceOf(DOMException)
    expect(arrived).toMatchObject({ name: 'AbortError', url: '/x' })
    expect(arrived.cause).toBeInstanceOf(TypeError)
  })

  test('a map of errors, as validators have it, arrives as it is', () => {
    const arrived = crossError(
      Object.assign(new Error('x'), { errors: { name: new TypeError('too short') } })
    )
    expect((arrived.errors as { name: Error }).name).toBeInstanceOf(TypeError)
    expect(Object.keys(arrived)).toEqual(['errors'])
  })

  const { SuppressedError, QuotaExceededError } = globalThis as unknown as Record<string, unknown>

  // Older Node lines have neither class.
  const inLines = (Class: unknown) => (Class === undefined ? [] : [Class])

  test.each(inLines(SuppressedError))('both errors of a SuppressedError', Suppressed => {
    const Class = Suppressed as new (error: unknown, suppressed: unknown, message: string) => Error
    const arrived = crossError(new Class(new TypeError('late'), new RangeError('early'), 'both'))
    expect(arrived).toBeInstanceOf(Class)
    expect(arrived.error).toBeInstanceOf(TypeError)
    expect(arrived.suppressed).toBeInstanceOf(RangeError)
    expect([arrived.message, Object.keys(arrived)]).toEqual(['both', []])
  })

  test.each(inLines(QuotaExceededError))('the limits of a QuotaExceededError', QuotaExceeded => {
    const Class = QuotaExceeded as new (message: string, limits: object) => Error
    const arrived = crossError(new Class('full', { quota: 5, requested: 7 }))
    expect(arrived).toBeInstanceOf(Class)
    expect([arrived.quota, arrived.requested, arrived.message]).toEqual([5, 7, 'full'])
    expect(crossError(new Class('full', {})).quota).toBeNull()
  })
})
