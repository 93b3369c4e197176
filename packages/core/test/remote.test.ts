import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { InvalidArgumentError, inline } from '@bridge/core'
import { describe, expect, test } from 'vitest'
import type * as Tasks from '../src/testing/tasks.js'

const url = new URL('../dist/testing/tasks.js', import.meta.url)

describe.each([
  ['import', inline.import<typeof Tasks>(url) as object, 'inline'],
  ['importSync', inline.importSync<typeof Tasks>(url) as object, 'inline (blocking)']
])('the result of %s', (_, tasks, place) => {
  const anything = tasks as Record<string | symbol, unknown>

  test('can be awaited, and is itself', async () => {
    const awaited = await tasks
    expect(Object.is(awaited, tasks)).toBe(true)
    expect(Object.is(await Promise.resolve(tasks), tasks)).toBe(true)
  })

  test('prints its module and its executor', () => {
    expect(inspect(tasks as object)).toBe(`Remote ${url.href} on ${place}`)
    expect(inspect({ tasks })).toContain('Remote')
  })

  test('can be compared by assertions', () => {
    expect(tasks).toEqual(tasks)
    expect({ tasks }).toEqual({ tasks })
    expect(() => expect(tasks).toEqual({ some: 'thing' })).toThrow()
    expect(() => expect(tasks).toStrictEqual(new Map())).toThrow()
    expect(() => assert.deepEqual(tasks, { other: 1 })).toThrow()
    assert.deepEqual(tasks, tasks)
  })

  test('is an empty object to JSON', () => {
    expect(JSON.stringify({ tasks })).toBe('{"tasks":{}}')
  })

  test('has no member that the language, printers, test tools or dependency injection would call', () => {
    const hooks = [
      'then',
      'catch',
      'finally',
      'toJSON',
      'constructor',
      'asymmetricMatch',
      'nodeType',
      '$$typeof'
    ]
    const nest = ['onModuleInit', 'onModuleDestroy', 'onApplicationBootstrap', 'onApplicationShutdown']
    for (const key of [...hooks, ...nest, 'beforeApplicationShutdown']) expect(anything[key]).toBeUndefined()
    for (const key of [Symbol.iterator, Symbol.asyncIterator, Symbol.toPrimitive, Symbol.toStringTag]) {
      expect(anything[key]).toBeUndefined()
    }
  })

  test('gives the same function for the same name, with that name', () => {
    expect(anything.sum).toBe(anything.sum)
    expect((anything.sum as () => void).name).toBe('sum')
  })

  test('can not be changed', () => {
    expect(() => {
      anything.sum = 1
    }).toThrow(TypeError)
    expect(() => Object.defineProperty(anything, 'sum', { value: 1 })).toThrow(TypeError)
    expect(() => delete anything.sum).toThrow(TypeError)
  })

  test('has functions that can be taken out of it', async () => {
    const { sum } = tasks as { sum(...numbers: number[]): PromiseLike<number> | number }
    expect(await sum(1, 2)).toBe(3)
  })
})

test.each(['./tasks.js', 'tasks.js', 'https://example.com/x.js', 42, undefined, {}])(
  'import and importSync refuse %o at once',
  url => {
    expect(() => inline.import(url as never)).toThrow(InvalidArgumentError)
    expect(() => inline.importSync(url as never)).toThrow(InvalidArgumentError)
  }
)

test('nothing is loaded before the first call', () => {
  expect(() => inline.import(new URL('file:///no/such/module.js'))).not.toThrow()
})
