import { DisposedError, InvalidArgumentError, resource } from '@bridge/core'
import { beforeEach, describe, expect, test, vi } from 'vitest'

let log: string[] = []
beforeEach(() => {
  log = []
})

const open = resource(function* open(name: string) {
  log.push(`open ${name}`)
  try {
    yield { name }
  } finally {
    log.push(`close ${name}`)
  }
})
const openLater = resource(async function* openLater(name: string) {
  log.push(`open ${name}`)
  try {
    yield { name }
  } finally {
    await null
    log.push(`close ${name}`)
  }
})

describe('a resource of a generator', () => {
  test('is acquired at the call, and cleaned up by Symbol.dispose, once', () => {
    const held = open('a')
    expect([log, held.value]).toEqual([['open a'], { name: 'a' }])
    held[Symbol.dispose]()
    held[Symbol.dispose]()
    expect(log).toEqual(['open a', 'close a'])
  })

  test('gives use() its value and cleans up after it', () => {
    expect(open('a').use(({ name }) => log.push(`use ${name}`))).toBe(2)
    expect(log).toEqual(['open a', 'use a', 'close a'])
  })

  test('surfaces an error of the body, after cleaning up', () => {
    expect(() =>
      open('a').use(() => {
        throw new Error('body')
      })
    ).toThrow('body')
    expect(log).toEqual(['open a', 'close a'])
  })

  test('throws an error of the body into the generator, which may swallow or replace it', () => {
    const swallow = resource(function* () {
      try {
        yield 1
      } catch (error) {
        log.push((error as Error).message)
      }
    })
    const fail = () => {
      throw new Error('body')
    }
    expect(swallow().use(fail)).toBeUndefined()
    expect(log).toEqual(['body'])
    const replace = resource(function* () {
      try {
        yield 1
      } catch (cause) {
        throw new Error('replaced', { cause })
      }
    })
    expect(() => replace().use(fail)).toThrow('replaced')
  })

  test('surfaces errors of entering and of disposal', () => {
    // biome-ignore lint/correctness/useYield: it fails before it could
    const enter = resource(function* (): Generator<number> {
      throw new Error('enter')
    })
    expect(() => enter()).toThrow('enter')
    const leave = resource(function* () {
      yield 1
      throw new Error('leave')
    })
    expect(() => leave()[Symbol.dispose]()).toThrow('leave')
    expect(() => leave().use(() => 1)).toThrow('leave')
  })

  test('that yields never or twice is an error', () => {
    const never = resource(function* never(): Generator<number> {})
    expect(() => never()).toThrow(/never ended without a yield/)
    const twice = resource(function* twice() {
      yield 1
      try {
        yield 2
      } finally {
        log.push('closed')
      }
    })
    expect(() => twice()[Symbol.dispose]()).toThrow(/twice yielded a second time/)
    expect(log).toEqual(['closed'])
  })

  test('used twice, or after it was disposed, is an error', () => {
    const held = open('a')
    held.use(() => {})
    expect(() => held.use(() => {})).toThrow(DisposedError)
    expect(() => held.value).toThrow(DisposedError)
    const disposed = open('b')
    disposed[Symbol.dispose]()
    expect(() => disposed.value).toThrow(/open was used or disposed already/)
  })
})

describe('a resource of an async generator', () => {
  test('is acquired by await, and cleaned up by Symbol.asyncDispose, once', async () => {
    const held = await openLater('a')
    expect(held.value).toEqual({ name: 'a' })
    await held[Symbol.asyncDispose]()
    await held[Symbol.asyncDispose]()
    expect(log).toEqual(['open a', 'close a'])
  })

  test('gives use() its value and cleans up after it, also after an error', async () => {
    expect(await (await openLater('a')).use(async ({ name }) => name)).toBe('a')
    const failing = (await openLater('b')).use(() => Promise.reject(new Error('body')))
    await expect(failing).rejects.toThrow('body')
    expect(log).toEqual(['open a', 'close a', 'open b', 'close b'])
  })

  test('surfaces errors of entering and of disposal', async () => {
    // biome-ignore lint/correctness/useYield: it fails before it could
    const enter = resource(async function* (): AsyncGenerator<number> {
      throw new Error('enter')
    })
    await expect(enter()).rejects.toThrow('enter')
    const leave = resource(async function* () {
      yield 1
      throw new Error('leave')
    })
    await expect((await leave())[Symbol.asyncDispose]()).rejects.toThrow('leave')
  })

  test('that yields never or twice, or is used twice, is an error', async () => {
    const never = resource(async function* never(): AsyncGenerator<number> {})
    await expect(never()).rejects.toThrow(/without a yield/)
    const twice = resource(async function* twice() {
      yield 1
      yield 2
    })
    await expect((await twice())[Symbol.asyncDispose]()).rejects.toThrow(/second time/)
    const held = await openLater('a')
    await held.use(() => {})
    await expect(held.use(() => {})).rejects.toThrow(DisposedError)
  })
})

test('resource refuses a value that is not a generator function', () => {
  for (const wrong of [42, () => {}, async () => {}]) {
    expect(() => resource(wrong as never)).toThrow(InvalidArgumentError)
  }
})

describe('a resource whose body and cleanup both fail', () => {
  const body = new Error('body')
  const cleanup = new Error('cleanup')
  const fails = (): never => {
    throw body
  }

  test('loses neither error', async () => {
    const sync = resource(function* () {
      try {
        yield 1
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: what a cleanup does that fails
        throw cleanup
      }
    })
    const later = resource(async function* () {
      try {
        yield 1
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: what a cleanup does that fails
        throw cleanup
      }
    })
    const both = { name: 'SuppressedError', error: cleanup, suppressed: body }
    expect(() => sync().use(fails)).toThrow(expect.objectContaining(both))
    await expect((await later()).use(fails)).rejects.toMatchObject(both)
  })

  test('loses neither error if it yields once more', () => {
    const twice = resource(function* () {
      try {
        yield 1
      } catch {
        yield 2
      }
    })
    expect(() => twice().use(fails)).toThrow(
      expect.objectContaining({ name: 'SuppressedError', suppressed: body })
    )
  })

  test('has the error itself if the other error is its cause', () => {
    const wrapped = new Error('wrapped', { cause: body })
    const wraps = resource(function* () {
      try {
        yield 1
      } catch {
        throw wrapped
      }
    })
    expect(() => wraps().use(fails)).toThrow(wrapped)
  })
})

test('a synchronous resource refuses an asynchronous body, and is cleaned up', async () => {
  const steps: string[] = []
  const lease = resource(function* () {
    try {
      yield 1
    } finally {
      steps.push('cleaned up')
    }
  })
  expect(() => lease().use(async () => Promise.reject(new Error('not looked at')))).toThrow(
    InvalidArgumentError
  )
  expect(steps).toEqual(['cleaned up'])
})

test('an asynchronous resource is used before it is awaited', async () => {
  const steps: string[] = []
  const lease = resource(async function* (n: number) {
    try {
      yield n
    } finally {
      steps.push('cleaned up')
    }
  })
  expect(await lease(2).use(n => n + 1)).toBe(3)
  expect(steps).toEqual(['cleaned up'])
})

test('a resource keeps name, length and this of its generator function', () => {
  const holder = {
    value: 7,
    lease: resource(function* lease(this: { value: number }, _a: number, _b: number) {
      yield this.value
    } as (a: number, b: number) => Generator<number>)
  }
  expect([holder.lease.name, holder.lease.length]).toEqual(['lease', 2])
  expect(holder.lease(1, 2).value).toBe(7)
})

test('a synchronous resource does not start the body of an async function', () => {
  const lease = resource(function* () {
    yield 1
  })
  const body = vi.fn()
  expect(() =>
    lease().use(async () => {
      body()
    })
  ).toThrow(InvalidArgumentError)
  expect(body).not.toHaveBeenCalled()
})
