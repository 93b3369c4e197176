import { CannotBlockError, InvalidArgumentError, inline, TaskNotFoundError } from '@bridge/core'
import { describe, expect, it } from 'vitest'

interface Tasks {
  double(n: number): number
}

const tasks: Tasks = { double: n => 2 * n }
let counted = 0

/** A new module each time, since the loader of a module is remembered. */
const url = (): URL => new URL(`file:///nowhere/${++counted}.js`)

describe('inline.import with load', () => {
  it('runs the functions of the module that load returns, synchronously or asynchronously', async () => {
    expect(await inline.import<Tasks>(url(), { load: () => tasks }).double(1)).toBe(2)
    expect(await inline.import<Tasks>(url(), { load: async () => tasks }).double(1)).toBe(2)
  })

  it('calls load again at each call, as a runner discards modules between tests', async () => {
    let factor = 2
    const { double } = inline.import<Tasks>(url(), { load: () => ({ double: (n: number) => factor * n }) })
    expect(await double(1)).toBe(2)
    factor = 3
    expect(await double(1)).toBe(3)
  })

  it('holds for every import of that module, and takes the options of calls', async () => {
    const module = url()
    inline.import<Tasks>(module, { load: () => tasks, timeout: 60_000 })
    expect(await inline.import<Tasks>(module).double(1)).toBe(2)
  })

  it('blocks if load returns the module synchronously, or was awaited before', async () => {
    expect(inline.importSync<Tasks>(url(), { load: () => tasks }).double(1)).toBe(2)
    const module = url()
    const { double } = inline.importSync<Tasks>(module, { load: async () => tasks })
    expect(() => double(1)).toThrow(CannotBlockError)
    await inline.import<Tasks>(module).double(1)
    expect(double(1)).toBe(2)
  })

  it('takes a CommonJS module that is a function', async () => {
    const module = Object.assign(() => 0, tasks)
    expect(await inline.import<Tasks>(url(), { load: () => module }).double(1)).toBe(2)
  })

  it.each([
    [
      () => {
        throw new RangeError('no')
      }
    ],
    [() => Promise.reject(new RangeError('no'))]
  ])('reports the error of load', async load => {
    const error = await inline
      .import<Tasks>(url(), { load })
      .double(1)
      .catch(error => error)
    expect(error).toBeInstanceOf(TaskNotFoundError)
    expect(error.message).toMatch(/^the module file:.*could not be loaded: no$/)
    expect(error.cause).toBeInstanceOf(RangeError)
  })

  it('refuses a value that is not a function, and a load that returns no module', async () => {
    expect(() => inline.import(url(), { load: 'x' as never })).toThrow(InvalidArgumentError)
    const { double } = inline.import<Tasks>(url(), { load: () => undefined as never })
    expect(((await double(1).catch((error: Error) => error)) as Error).message).toMatch(
      /load\(\) of .* must return the module/
    )
  })
})
