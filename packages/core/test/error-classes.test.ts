import { InvalidArgumentError, registerErrors } from '@bridge/core'
import { decodeThrown, encodeThrown } from '@bridge/core/executor'
import { describe, expect, test } from 'vitest'

/** What arrives on the other side of a thread. */
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

  test('that nobody registered arrive as the built-in they extend, under their own name', () => {
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

  test('that were registered under another name are found by it on both sides', () => {
    class Renamed extends Error {}
    registerErrors({ 'app.Renamed': Renamed })
    expect(cross(new Renamed('x'))).toBeInstanceOf(Renamed)
  })

  test('are refused where they are no error classes', () => {
    for (const wrong of [42, () => {}, class {}, Error.prototype]) {
      expect(() => registerErrors({ wrong } as never)).toThrow(InvalidArgumentError)
    }
  })
})
