import { callerFrames, decodeThrown, encodeThrown } from '@bridge/core/executor'
import { afterEach, describe, expect, test } from 'vitest'

const cross = (thrown: unknown) =>
  decodeThrown(structuredClone(encodeThrown(thrown)), callerFrames()) as Error & Record<string, unknown>

const statics = Object.getOwnPropertyDescriptors(Error)

afterEach(() => {
  for (const key of ['stackTraceLimit', 'prepareStackTrace', 'captureStackTrace'] as const) {
    const own = (statics as Record<string, PropertyDescriptor | undefined>)[key]
    if (own === undefined) delete (Error as unknown as Record<string, unknown>)[key]
    else Object.defineProperty(Error, key, own)
  }
})

describe('an error arrives as itself, and Error is unchanged', () => {
  test.each<[string, () => void]>([
    ['prepareStackTrace gives call sites', () => (Error.prepareStackTrace = (_, sites) => sites)],
    [
      'prepareStackTrace throws',
      () => {
        Error.prepareStackTrace = () => {
          throw new Error('from prepareStackTrace')
        }
      }
    ],
    ['prepareStackTrace gives nothing', () => (Error.prepareStackTrace = () => undefined)],
    ['stackTraceLimit was deleted', () => delete (Error as { stackTraceLimit?: number }).stackTraceLimit],
    ['stackTraceLimit is no number', () => (Error.stackTraceLimit = 'many' as never)],
    ['stackTraceLimit is endless', () => (Error.stackTraceLimit = Infinity)],
    [
      'stackTraceLimit can not be written',
      () => Object.defineProperty(Error, 'stackTraceLimit', { writable: false })
    ],
    ['captureStackTrace is gone', () => delete (Error as { captureStackTrace?: unknown }).captureStackTrace]
  ])('where %s', (_, change) => {
    change()
    const before = Object.getOwnPropertyDescriptors(Error)
    const arrived = cross(Object.assign(new RangeError('the message'), { code: 'E' }))
    expect(arrived).toBeInstanceOf(RangeError)
    expect([arrived.message, arrived.code, typeof arrived.stack]).toEqual(['the message', 'E', 'string'])
    expect(Object.getOwnPropertyDescriptors(Error)).toEqual(before)
  })
})
