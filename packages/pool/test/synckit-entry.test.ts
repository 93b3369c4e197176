import { createRequire } from 'node:module'
import { WorkerLostError } from '@bridge/core'
import { createSyncFn } from '@bridge/pool/synckit'
import { describe, expect, it } from 'vitest'
import { thrown } from './helpers.js'
import { path, url, type Work } from './synckit-helpers.js'

const work = createSyncFn<Work>(url('worker.mjs'))

describe('a function of createSyncFn', () => {
  it('returns what the function in the worker returns, synchronously or asynchronously', () => {
    expect(work('echo', { deep: [1, new Map([['a', 1n]])] })).toEqual({ deep: [1, new Map([['a', 1n]])] })
    expect(work('later', undefined)).toBeUndefined()
  })

  it('keeps the state of the worker between calls', () => {
    const before = work('count') as number
    expect([work('count'), work('count')]).toEqual([before + 1, before + 2])
  })

  it('is the same one for a path, a URL and the text of a URL', () => {
    expect(createSyncFn(path('worker.mjs'))).toBe(work)
    expect(createSyncFn(url('worker.mjs').href)).toBe(work)
  })

  it('is the same function for import and require', () => {
    const required = createRequire(import.meta.url)(
      '@bridge/pool/synckit'
    ) as typeof import('@bridge/pool/synckit')
    expect(required.createSyncFn(path('worker.mjs'))).toBe(work)
  })

  it('has another thread for another file', () => {
    const other = createSyncFn<Work>(url('other.mjs'))
    expect(other('thread')).not.toBe(work('thread'))
  })

  it('calls a CommonJS worker', () => {
    const count = createSyncFn<() => Promise<number>>(path('worker.cjs'))
    expect([count(), count()]).toEqual([101, 102])
  })

  it('waits for a worker that calls runAsWorker() after an await', () => {
    expect(createSyncFn<(text: string) => string>(path('late.cjs'))('a/b')).toMatch(/a[\\/]b/)
  })

  it('throws errors whole, with class and own properties', () => {
    const error = thrown(() => work('fails'))
    expect(error).toBeInstanceOf(RangeError)
    expect(error).toMatchObject({ message: 'too far', code: 'FAR', warnings: ['w'] })
    expect(error.stack).toMatch(/worker\.mjs.*synckit-entry\.test/s)
    expect(error.stack).not.toMatch(/data:|node:internal|packages\/\w+\/dist/)
  })

  it.each([undefined, null, 0, '', false, Number.NaN, 'text'])('throws %s as it was thrown', value => {
    let caught: unknown = 'nothing was thrown'
    try {
      work('throws', value)
    } catch (error) {
      caught = error
    }
    expect(caught).toBe(value)
  })

  it('gives the properties of an error that the worker extracts', () => {
    expect(work('properties')).toEqual({ line: 3 })
  })

  it('returns values only, also for an instance that could be iterated', () => {
    expect(work('iterable')).toEqual({})
    expect(work('thenable')).toBe('then')
  })

  it('names the path of what cannot cross, in the arguments or in the result', () => {
    expect(thrown(() => work('echo', { on() {} })).message).toContain('runAsWorker(): args[1].on')
    expect(thrown(() => work('generator')).message).toContain('runAsWorker(): its result[0]')
  })

  it('starts another thread after one that ended', () => {
    const before = work('thread')
    expect(thrown(() => work('exit'))).toBeInstanceOf(WorkerLostError)
    expect(work('thread')).not.toBe(before)
  })
})
