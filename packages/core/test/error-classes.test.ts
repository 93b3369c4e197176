import { DisposedError, InvalidArgumentError, registerErrors } from '@bridge/core'
import { decodeThrown, encodeThrown } from '@bridge/core/executor'
import { classNamesOf, registerErrorsWhere } from '@bridge/core/internal'
import { describe, expect, test } from 'vitest'

/** The error as another thread receives it. */
const cross = (thrown: unknown): unknown => decodeThrown(structuredClone(encodeThrown(thrown)))
const crossError = (thrown: unknown) => cross(thrown) as Error & Record<string, unknown>

describe('classes of a user', () => {
  class UnknownError extends RangeError {
    readonly code = 'E_UNKNOWN'
  }
  class QuotaError extends Error {
    override readonly name = 'QuotaError'
    constructor(readonly limit: number) {
      super(`the limit is ${limit}`)
    }
    get half() {
      return this.limit / 2
    }
  }

  test('that are not registered arrive as the built-in class they extend, under their own name', () => {
    const arrived = crossError(new UnknownError('x'))
    expect(arrived).toBeInstanceOf(RangeError)
    expect(arrived).not.toBeInstanceOf(UnknownError)
    expect(arrived).toMatchObject({ name: 'UnknownError', code: 'E_UNKNOWN' })
  })

  test('that were registered arrive as themselves, without running their constructor', () => {
    registerErrors({ QuotaError })
    const arrived = crossError(new QuotaError(8)) as unknown as QuotaError
    expect(arrived).toBeInstanceOf(QuotaError)
    expect([arrived.limit, arrived.half, arrived.message]).toEqual([8, 4, 'the limit is 8'])
    expect(crossError(new Error('x', { cause: new QuotaError(1) })).cause).toBeInstanceOf(QuotaError)
  })

  test('that share their names with others are distinguished if they were registered with a condition', () => {
    class CommonError extends Error {
      constructor(readonly status?: number) {
        super('common')
      }
    }
    const other = { CommonError: class CommonError extends Error {} }
    registerErrorsWhere({ CommonError }, ({ properties }) => properties.some(([key]) => key === 'status'))
    expect(crossError(new CommonError(1))).toBeInstanceOf(CommonError)
    expect(crossError(new other.CommonError('x'))).not.toBeInstanceOf(CommonError)
    registerErrorsWhere(other, () => true)
    expect(crossError(new CommonError(1))).toBeInstanceOf(CommonError)
  })

  test('that were registered under another name are found by it on both threads', () => {
    class Renamed extends Error {}
    registerErrors({ 'app.Renamed': Renamed })
    expect(cross(new Renamed('x'))).toBeInstanceOf(Renamed)
  })

  test('are refused if they are not error classes', () => {
    for (const wrong of [42, () => {}, class {}, Error.prototype]) {
      expect(() => registerErrors({ wrong } as never)).toThrow(InvalidArgumentError)
    }
  })

  test('are refused under the name of a built-in class', () => {
    class Mine extends Error {}
    for (const name of ['Error', 'TypeError', 'AggregateError', 'DOMException', 'QuotaExceededError']) {
      expect(() => registerErrors({ Mine, [name]: Mine })).toThrow(InvalidArgumentError)
    }
    expect(cross(new TypeError('x'))).toBeInstanceOf(TypeError)
    expect(cross(new Mine('x'))).not.toBeInstanceOf(Mine)
  })

  test('arrive as the nearest class that was registered, under their own name', () => {
    class AppError extends Error {}
    class Missing extends AppError {
      readonly id = 7
    }
    registerErrors({ AppError })
    const arrived = crossError(new Missing('x'))
    expect(arrived).toBeInstanceOf(AppError)
    expect(arrived).toMatchObject({ name: 'Missing', id: 7 })
  })

  test('are not mistaken for a built-in class, or one of bridge, of the same name', () => {
    const mine = {
      TypeError: { TypeError: class extends Error {} }.TypeError,
      DisposedError: class DisposedError extends Error {}
    }
    expect(cross(new mine.TypeError('x'))).not.toBeInstanceOf(TypeError)
    expect(crossError(new mine.TypeError('x')).name).toBe('TypeError')
    expect(cross(new mine.DisposedError('x'))).not.toBeInstanceOf(DisposedError)
  })

  test('keep their class over two hops, of which the first does not know it', () => {
    class Late extends RangeError {}
    class Named extends Error {
      override readonly name = 'some name'
    }
    const onTheWay = [new Late('x', { cause: new Late('inner') }), new Named('y')].map(cross)
    registerErrors({ Late, Named })
    const [late, named] = onTheWay.map(crossError)
    expect(late).toBeInstanceOf(Late)
    expect(late?.cause).toBeInstanceOf(Late)
    expect([late?.name, named?.name]).toEqual(['RangeError', 'some name'])
    expect(named).toBeInstanceOf(Named)
  })

  test('keep the name that was given to them on the way', () => {
    class Elsewhere extends Error {}
    const arrived = crossError(new Elsewhere('x'))
    arrived.name = 'Renamed'
    expect(crossError(arrived).name).toBe('Renamed')
  })

  test('have the names that they had where they were thrown', () => {
    class Outer extends RangeError {}
    class Inner extends Outer {}
    expect(classNamesOf(crossError(new Inner('x')))).toEqual(['Inner', 'Outer'])
    expect(classNamesOf(new Inner('x'))).toEqual(['Inner', 'Outer'])
    expect(classNamesOf(crossError(new Error('x')))).toEqual([])
  })
})
