import v8 from 'node:v8'
import vm from 'node:vm'
import { inline } from '@bridge/core'
import { describe, expect, test } from 'vitest'

type Any = Record<string, (() => unknown) & Record<string, () => unknown>>

const tasks = inline.import<Any>(new URL('./none.mjs', import.meta.url)) as unknown as Any

describe('names of a remote module', () => {
  test('give the same function each time, also among many others', () => {
    const { hash } = tasks
    for (let n = 0; n < 20_000; n++) {
      tasks[`name${n}`]
      expect(tasks.hash).toBe(hash)
    }
    expect(hash?.name).toBe('hash')
  })

  test('are discarded when there are very many, and those of statics too', async () => {
    const made: WeakRef<object>[] = []
    for (let n = 0; n < 10_000; n++) {
      made.push(new WeakRef(tasks[`made${n}`] as object), new WeakRef(tasks.Class?.[`made${n}`] as object))
    }
    // The target of a new WeakRef lives until the next turn of the event loop.
    await new Promise(resolve => setImmediate(resolve))
    v8.setFlagsFromString('--expose-gc')
    vm.runInNewContext('gc')()
    expect(made.filter(one => one.deref() !== undefined).length).toBeLessThan(8000)
  })
})
