import { bridge, bridged, CallTimeoutError, runScope } from '@bridge/core'
import { describe, expect, test, vi } from 'vitest'
import { runSource } from './child.js'

type Method = () => Promise<unknown>
const reason = new Error('over')

/** Three kinds of methods, each noting that it ran. */
function methods(ran: () => void): Record<string, Method> {
  const add = bridge(() => 1)
  return {
    'an async method': async () => ran(),
    'a method that gives a promise': () => {
      ran()
      return Promise.resolve(1)
    },
    'a method that gives a call': () => {
      ran()
      return add()
    }
  }
}

const decorated = (options: Parameters<typeof bridged>[0], method: Method): Method =>
  bridged(options)(method, {} as ClassMethodDecoratorContext<unknown, Method>)

describe.each(Object.keys(methods(() => {})))('%s', kind => {
  test.each([
    ['its signal has aborted', { signal: AbortSignal.abort(reason) }],
    ['its timeout is zero', { timeout: 0 }]
  ])('is not entered when %s', async (_, options) => {
    const ran = vi.fn()
    const error = await decorated(options, methods(ran)[kind] as Method)().then(undefined, thrown => thrown)
    if ('timeout' in options) expect(error).toBeInstanceOf(CallTimeoutError)
    else expect(error).toBe(reason)
    expect(ran).not.toHaveBeenCalled()
  })

  test('is not entered in a scope that is over', async () => {
    const ran = vi.fn()
    const method = decorated({ timeout: 60_000 }, methods(ran)[kind] as Method)
    await expect(runScope({ signal: AbortSignal.abort(reason) }, () => method())).rejects.toBe(reason)
    expect(ran).not.toHaveBeenCalled()
  })
})

test('a method that returns a call can be blocked on when it is refused, too', () => {
  const method = decorated({ timeout: 0 }, methods(() => {})['a method that gives a call'] as Method)
  expect(() => (method() as unknown as { runSync(): unknown }).runSync()).toThrow(CallTimeoutError)
})

test('the promise of a method that took too long to return it is not left unhandled', async () => {
  const { code, stdout, stderr } = await runSource(`
    import { bridged } from '@bridge/core'
    const late = bridged({ timeout: 1000 })(function late() {
      const end = performance.now() + 1100
      while (performance.now() < end);
      return Promise.reject(new Error('of the method'))
    }, {})
    console.log(await late().catch(error => error.message))
    await new Promise(setImmediate)`)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain('of the method')
})
