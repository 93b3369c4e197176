import { registerErrors } from '@bridge/core'
import { createPool, loop } from '@bridge/pool'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runScript } from './helpers.js'

type Tasks = typeof import('./fixtures/error-results.mjs')

const url = new URL('./fixtures/error-results.mjs', import.meta.url)

class FieldError extends RangeError {
  readonly field!: string
}
registerErrors({ FieldError })

function expectWhole(error: unknown): void {
  expect(error).toBeInstanceOf(FieldError)
  expect(error).toMatchObject({
    field: 'name',
    message: 'too short',
    cause: { message: 'why', code: 'E_WHY' }
  })
}

describe.each(['pool', 'loop'])(
  'an error in a result of the %s keeps its class, its fields and its cause',
  name => {
    const executor = name === 'pool' ? createPool({ maxThreads: 1 }) : loop
    const tasks = executor.import<Tasks>(url)

    it('that is the result', async () => {
      expectWhole(await tasks.single())
      expectWhole(tasks.single().runSync())
    })

    it('in what Promise.allSettled gives', async () => {
      const [fulfilled, rejected] = (await tasks.settled()) as PromiseSettledResult<unknown>[]
      expect(fulfilled).toEqual({ status: 'fulfilled', value: 1 })
      expectWhole((rejected as PromiseRejectedResult).reason)
    })

    it('deep inside, in Maps and Sets, and one error is one', async () => {
      const { map, set, list } = (await tasks.deep()) as {
        map: Map<string, object>
        set: Set<Error>
        list: Error[]
      }
      expectWhole((map.get('a') as { error: Error }).error)
      expect([...set][0]).toBe(list[0])
      expectWhole(list[0])
    })

    it('behind thousands of values', async () => {
      expectWhole(((await tasks.many()) as { error?: Error }[]).at(-1)?.error)
    })

    it('that was sent by a method of an object', async () => {
      const keeper = new tasks.Keeper()
      onTestFinished(() => keeper[Symbol.asyncDispose]())
      expectWhole(((await keeper.failures()) as Error[])[0])
    })

    it('that a callback is given', async () => {
      let given: unknown
      await tasks.tells((value: unknown) => {
        given = value
      })
      expectWhole((given as { error: Error }).error)
    })
  }
)

describe('an error in a result of the loop without a connection', () => {
  it('keeps its class, its fields and its cause', async () => {
    const { stdout, stderr } = await runScript(`
      process.env.BRIDGE_LOOP = 'synckit'
      const { loop } = await import('@bridge/pool')
      const [, { reason }] = loop.importSync(new URL('${url}')).settled()
      console.log(reason instanceof RangeError, reason.name, reason.field, reason.cause.code)
    `)
    expect([stdout, stderr]).toEqual(['true FieldError name E_WHY\n', ''])
  })
})
