import { describe, expect, it } from 'vitest'
import { pooled, rejection, thrown } from './helpers.js'

interface Echoes {
  echo(value: unknown): unknown
}

const url = new URL('./fixtures/echo.mjs', import.meta.url)
const echoes = () => pooled({ maxThreads: 1 }).pool.import<Echoes>(url)

describe('what can not be cloned', () => {
  it('shows the line that awaits the call, and none of bridge, on new and used threads', async () => {
    const { echo } = echoes()
    async function asks(): Promise<void> {
      await echo({ a: new WeakMap() })
    }
    for (const _ of ['cold', 'warm']) {
      const error = await rejection(asks())
      expect(error).toMatchObject({ name: 'NotCloneableError' })
      expect(error.stack).toMatch(/\n {4}at (async )?asks \(.*not-cloneable\.test\.ts:\d+:\d+\)/)
      expect(error.stack).not.toMatch(/packages\/\w+\/(dist|src)/)
    }
  })

  it('shows the line that blocks', () => {
    const { echo } = echoes()
    const asks = (): unknown => echo({ a: new WeakMap() } as never as { runSync(): unknown })
    expect(thrown(() => (asks() as { runSync(): unknown }).runSync()).message).toContain('args[0].a (WeakMap')
  })

  it('names the alternative: for a function among data, for one in a result, for a class', async () => {
    class Row {
      readonly text = 'a long text, the business of its class'
    }
    const { echo } = echoes()
    const among = await rejection(echo({ run: () => 1 }) as Promise<unknown>)
    expect(among.message).toMatch(/args\[0\]\.run .*: mark a function by proxy\(\)/)
    const aClass = await rejection(echo({ Row }) as Promise<unknown>)
    expect(aClass.message).toMatch(/: classes are not sent; send plain data/)
    for (const { message } of [among, aClass]) expect(message).not.toMatch(/could not be cloned|business/)
    const { call } = pooled({ maxThreads: 1 })
    const result = await rejection(call('returnsFunction'))
    expect(result.message).toMatch(
      /its result.*: functions become callbacks only among arguments; return proxy\(object\)/
    )
  })
})
