import { decodeThrown, encodeThrown } from '@bridge/core/executor'
import { userStack } from '@bridge/core/internal'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

/** The error as another thread receives it. */
const cross = (thrown: unknown): unknown => decodeThrown(structuredClone(encodeThrown(thrown)))
const crossError = (thrown: unknown) => cross(thrown) as Error & Record<string, unknown>

const BUILT_IN = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]

const plain = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.integer()))
const keys = fc
  .string()
  .filter(key => !['name', 'message', 'stack', 'cause', 'errors', '__proto__'].includes(key))
/** Own properties, among them a `name` that was assigned. */
const ownProperties = fc
  .record(
    { before: fc.dictionary(keys, plain), name: fc.string(), after: fc.dictionary(keys, plain) },
    {
      requiredKeys: ['before', 'after']
    }
  )
  .map(({ before, name, after }) => ({ ...before, ...(name === undefined ? {} : { name }), ...after }))

const { error: anyError } = fc.letrec<{ error: Error; cause: unknown }>(tie => ({
  error: fc
    .record({
      Class: fc.constantFrom(...BUILT_IN),
      message: fc.string(),
      own: ownProperties,
      cause: tie('cause'),
      errors: fc.option(fc.array(tie('cause'), { maxLength: 3 }), { nil: undefined })
    })
    .map(({ Class, message, own, cause, errors }) => {
      const options = cause === undefined ? {} : { cause }
      const error = errors ? new AggregateError(errors, message, options) : new Class(message, options)
      for (const [key, value] of Object.entries(own)) {
        Object.defineProperty(error, key, { value, enumerable: true, configurable: true, writable: true })
      }
      return error
    }),
  cause: fc.oneof({ maxDepth: 4, depthIdentifier: 'errors' }, fc.constant(undefined), plain, tie('error'))
}))

function expectSame(arrived: unknown, sent: unknown): void {
  if (!(sent instanceof Error)) {
    expect(arrived).toEqual(sent)
    return
  }
  expect(arrived).toBeInstanceOf(Error)
  const error = arrived as Error
  expect(Object.getPrototypeOf(error)).toBe(Object.getPrototypeOf(sent))
  expect([error.name, error.message, error.stack]).toEqual([
    sent.name,
    sent.message,
    userStack(String(sent.stack))
  ])
  expect(Object.keys(error)).toEqual(Object.keys(sent))
  expect({ ...error }).toEqual({ ...sent })
  expect('cause' in error).toBe('cause' in sent)
  expectSame(error.cause, sent.cause)
  if (!(sent instanceof AggregateError)) return
  expect((error as AggregateError).errors).toHaveLength(sent.errors.length)
  sent.errors.forEach((one, index) => {
    expectSame((error as AggregateError).errors[index], one)
  })
}

describe('an error arrives whole', () => {
  test('whatever its class, message, own properties, cause and errors', () => {
    fc.assert(fc.property(anyError, error => expectSame(cross(error), error)))
  })

  test('whatever value was thrown', () => {
    fc.assert(
      fc.property(fc.anything({ withDate: true, withMap: true, withSet: true, withBigInt: true }), value => {
        expect(cross(value)).toEqual(structuredClone(value))
      })
    )
  })

  test.each([undefined, null, NaN, -0, '', 0n])('also when it is no error: %s', value => {
    expect(cross(value)).toBe(value)
  })

  test('with a cycle in its causes', () => {
    const outer = new Error('outer')
    const inner = new TypeError('inner', { cause: outer })
    outer.cause = inner
    const arrived = crossError(outer)
    expect((arrived.cause as Error).cause).toBe(arrived)
    expect(arrived.cause).toBeInstanceOf(TypeError)
  })

  test('with itself among its errors or own properties', () => {
    const error = Object.assign(new AggregateError([], 'x'), { self: null as unknown })
    error.errors.push(error)
    error.self = error
    const arrived = crossError(error)
    expect(arrived.self).toBe(arrived)
    expect((arrived.errors as unknown[])[0]).toBe(arrived)
  })

  test('with one error in two places: it is one error there too', () => {
    const inner = new Error('inner')
    const arrived = crossError(Object.assign(new Error('outer', { cause: inner }), { also: inner }))
    expect(arrived.also).toBe(arrived.cause)
  })

  test('as a DOMException', () => {
    const arrived = cross(new DOMException('gone', 'AbortError')) as DOMException
    expect(arrived).toBeInstanceOf(DOMException)
    expect([arrived.name, arrived.message, arrived.code]).toEqual(['AbortError', 'gone', 20])
  })

  test('with a DOMException as its cause', () => {
    expect(crossError(new Error('x', { cause: AbortSignal.abort().reason })).cause).toBeInstanceOf(
      DOMException
    )
  })

  test('when it is frozen', () => {
    const arrived = crossError(Object.freeze(Object.assign(new RangeError('x'), { code: 'E' })))
    expect(arrived).toBeInstanceOf(RangeError)
    expect(arrived.code).toBe('E')
  })

  test('of a system call, with its code, errno and path', async () => {
    const { readFile } = await import('node:fs/promises')
    const error = await readFile('/does/not/exist').catch((thrown: unknown) => thrown)
    expect(crossError(error)).toMatchObject({
      code: 'ENOENT',
      errno: -2,
      syscall: 'open',
      path: '/does/not/exist'
    })
  })

  test('with a name that was set by hand, which stays an own property', () => {
    const arrived = crossError(Object.assign(new Error('x'), { code: 'E', name: 'Mine' }))
    expect(arrived.name).toBe('Mine')
    expect(Object.keys(arrived)).toEqual(['code', 'name'])
  })

  test('with a cause that was assigned, which stays an own property', () => {
    const arrived = crossError(Object.assign(new Error('x'), { cause: new TypeError('inner') }))
    expect(arrived.cause).toBeInstanceOf(TypeError)
    expect(Object.keys(arrived)).toEqual(['cause'])
  })

  test('with a cause that is undefined or null', () => {
    expect(crossError(new Error('x', { cause: null })).cause).toBeNull()
  })
})

describe('a hostile error still arrives', () => {
  test('with getters that throw', () => {
    const error = new Error('x')
    for (const key of ['stack', 'message', 'name', 'cause', 'own', 'errors']) {
      Object.defineProperty(error, key, {
        enumerable: true,
        get() {
          throw new Error('from a getter')
        }
      })
    }
    expect(crossError(error)).toBeInstanceOf(Error)
  })

  test('with a prototype of null', () => {
    const error = Object.setPrototypeOf(new Error('x'), null)
    expect(crossError(error)).toBeInstanceOf(Error)
    expect(crossError(error).message).toBe('x')
  })

  test('as a Proxy whose traps throw', () => {
    const bad = () => {
      throw new Error('trap')
    }
    const proxy = new Proxy(new Error('x'), { get: bad, has: bad, ownKeys: bad, getPrototypeOf: bad })
    expect(() => cross(proxy)).not.toThrow()
  })

  test('with a stack that is huge, cut short', () => {
    const error = Object.assign(new Error('x'), {
      stack: `Error: x\n${'    at f (file.js:1:1)\n'.repeat(1e5)}`
    })
    expect(crossError(error).stack?.length).toBeLessThan(100_000)
  })

  test('with a stack, name or message that is no string', () => {
    const error = Object.assign(new Error('x'), { stack: 1, name: Symbol('n'), message: { a: 1 } })
    const arrived = crossError(error)
    expect(typeof arrived.stack).toBe('string')
    expect(typeof arrived.message).toBe('string')
  })

  test('with own properties that cannot be sent, as text', () => {
    const arrived = crossError(
      Object.assign(new Error('x'), { handler: () => {}, map: new WeakMap(), ok: 1 })
    )
    expect(arrived).toMatchObject({
      handler: '[Function: handler]',
      map: 'WeakMap { <items unknown> }',
      ok: 1
    })
  })

  test.each([Symbol('s'), () => {}, new WeakMap(), Promise.resolve()])(
    'as a value that can not be sent: %s',
    value => {
      expect(typeof cross(value)).toBe('string')
    }
  )

  test('with a hundred causes, one in the other', () => {
    let error = new Error('innermost')
    for (let n = 0; n < 100; n++) error = new Error(String(n), { cause: error })
    let arrived: unknown = cross(error)
    let depth = 0
    for (; (arrived as Error).cause !== undefined; depth++) arrived = (arrived as Error).cause
    expect([depth, (arrived as Error).message]).toEqual([100, 'innermost'])
  })

  test('with an own property called __proto__, which changes no prototype', () => {
    const error = new Error('x')
    Object.defineProperty(error, '__proto__', { value: { evil: true }, enumerable: true })
    const arrived = crossError(error)
    expect(Object.getPrototypeOf(arrived)).toBe(Error.prototype)
    expect('evil' in arrived).toBe(false)
  })
})

test('the tail is put below the stack of the outermost error alone', () => {
  const error = new Error('outer', { cause: new Error('inner') })
  const arrived = decodeThrown(encodeThrown(error), '\n    at caller') as Error
  expect(arrived.stack).toBe(`${userStack(error.stack!)}\n    at caller`)
  expect((arrived.cause as Error).stack).not.toContain('at caller')
})
