import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  bridge,
  bridged,
  type Call,
  CallTimeoutError,
  currentTask,
  InvalidArgumentError,
  inline,
  type StreamCall
} from '@bridge/core'
import { describe, expect, test } from 'vitest'
import { runSource, scratchFolder } from './child.js'
import { collect } from './collect.js'
import { ToyExecutor } from './toy-executor.js'

describe('bridge(object)', () => {
  class Counter {
    readonly #step = 2
    total = 0
    add(times: number) {
      this.total += this.#step * times
      return this.total
    }
    async later() {
      return this.total
    }
    *steps() {
      yield this.total
      yield this.total + this.#step
    }
    get double() {
      return 2 * this.total
    }
  }
  class Loud extends Counter {
    override add(times: number) {
      return -super.add(times)
    }
  }

  test('returns calls for its methods, which run on the object itself', async () => {
    const counter = new Counter()
    const view = bridge(counter)
    expect(await view.add(1)).toBe(2)
    expect(view.add(1).runSync()).toBe(4)
    expect(await view.later().with({ timeout: 1000 })).toBe(4)
    expect([...view.steps()]).toEqual([4, 6])
    expect(counter.total).toBe(4)
  })

  test('passes everything else through, in both directions', () => {
    const counter = new Counter()
    const view = bridge(counter)
    view.total = 5
    expect([counter.total, view.double]).toEqual([5, 10])
    counter.total = 6
    expect(view.total).toBe(6)
    expect('add' in view).toBe(true)
    expect(view instanceof Counter).toBe(true)
    expect(Object.keys(view)).toEqual(['total'])
  })

  test('knows inherited and overridden methods', async () => {
    expect(await bridge(new Loud()).add(1)).toBe(-2)
  })

  test('gives the same method twice, with its name and length', () => {
    const view = bridge(new Counter())
    expect(view.add).toBe(view.add)
    expect([view.add.name, view.add.length]).toEqual(['add', 1])
  })

  test('can be awaited, and is frozen where its object is', async () => {
    const view = bridge(Object.freeze({ value: 1, get: () => 1 }))
    expect(Object.is(await view, view)).toBe(true)
    expect(await view.get()).toBe(1)
    expect(view.value).toBe(1)
  })

  test('bounds its calls by its options', async () => {
    const view = bridge({ never: () => new Promise(() => {}) }, { timeout: 10 })
    await expect(view.never()).rejects.toThrow(CallTimeoutError)
  })
})

describe('bridge(module, functions)', () => {
  /** A module that makes a function addressable which it does not export. */
  async function addressable(): Promise<(a: number, b: number) => Call<number>> {
    const file = join(scratchFolder(), 'addressable.mjs')
    writeFileSync(
      file,
      `import { bridge } from '@bridge/core'
      export const calls = bridge(import.meta.url, { add: (a, b) => a + b })`
    )
    const module = (await import(pathToFileURL(file).href)) as {
      calls: { add(a: number, b: number): Call<number> }
    }
    return module.calls.add
  }

  test('runs on this thread, and on another executor per call', async () => {
    const add = await addressable()
    const toy = new ToyExecutor()
    expect(await add(1, 2)).toBe(3)
    expect(await add(1, 2).with({ executor: toy })).toBe(3)
    await toy.close()
    await expect(add(1, 2).with({ executor: toy })).rejects.toMatchObject({ code: 'BRIDGE_CLOSED' })
  })

  test('streams an instance that can be iterated, here as elsewhere; bridge(fn) returns the instance itself', async () => {
    const file = join(scratchFolder(), 'instances.mjs')
    writeFileSync(
      file,
      `import { bridge } from '@bridge/core'
      class Naturals {
        *[Symbol.iterator]() {
          yield 1
          yield 2
        }
      }
      export const { make, makeLater } = bridge(import.meta.url, {
        make: () => new Naturals(),
        makeLater: async () => new Naturals()
      })
      export const local = bridge(() => new Naturals())
      export { Naturals }`
    )
    type Make = () => StreamCall<number>
    const { make, makeLater, local, Naturals } = (await import(pathToFileURL(file).href)) as {
      make: Make
      makeLater: Make
      local: () => Call<Iterable<number>>
      Naturals: new () => Iterable<number>
    }
    const toy = new ToyExecutor()
    expect(await collect(make())).toEqual([1, 2])
    expect([...make()]).toEqual([1, 2])
    expect([...make().runSync()]).toEqual([1, 2])
    for (const options of [{}, { timeout: 5000 }, { executor: toy }]) {
      expect(await collect(make().with(options))).toEqual([1, 2])
      expect(await collect(await makeLater().with(options))).toEqual([1, 2])
    }
    const started = makeLater()
    void started.start()
    expect(await collect(await started)).toEqual([1, 2])
    await toy.close()
    expect(await local()).toBeInstanceOf(Naturals)
    expect(local().runSync()).toBeInstanceOf(Naturals)
    expect(await local().with({ timeout: 5000 })).toBeInstanceOf(Naturals)
  })

  test('takes an absolute path too, and refuses what is neither', () => {
    expect(() => bridge('/app/tasks.cjs', { f: () => 1 })).not.toThrow()
    expect(() => bridge('./tasks.js', { f: () => 1 })).toThrow(InvalidArgumentError)
    expect(() => bridge('/app/tasks.cjs', { f: 1 } as never)).toThrow(/f must be a function/)
    expect(() => bridge('/app/tasks.cjs', undefined as never)).toThrow(InvalidArgumentError)
  })

  test("refuses the application's entry module at once", async () => {
    const { stdout } = await runSource(`
      import { bridge } from '@bridge/core'
      try { bridge(import.meta.url, { f: () => 1 }) } catch (error) { console.log(error.code, error.message) }`)
    expect(stdout).toMatch(/^BRIDGE_INVALID_ARGUMENT .*start the application again.*a module of their own/)
  })
})

test('bridge refuses a class, and says what to do', () => {
  class Thing {
    name = 'thing'
  }
  expect(() => bridge(Thing as never)).toThrow(/Thing is a class; bridge an instance of it/)
})

describe('@bridged', () => {
  const double = bridge((n: number) => 2 * n)

  /** Applied as a compiler applies a decorator of either form: the tests' own compiler lowers neither. */
  const decorate = {
    standard: (proto: Record<string, unknown>, name: string, options: { timeout?: number }) => {
      const decorator = bridged(options) as unknown as (method: unknown, context: object) => unknown
      proto[name] = decorator(proto[name], { kind: 'method', name })
    },
    legacy: (proto: Record<string, unknown>, name: string, options: { timeout?: number }) => {
      const decorator = bridged(options) as unknown as (target: object, key: string, d: object) => void
      const descriptor = { value: proto[name], writable: true, configurable: true, enumerable: false }
      decorator(proto, name, descriptor)
      Object.defineProperty(proto, name, descriptor)
    }
  }

  function made(form: keyof typeof decorate) {
    class Base {
      factor = 3
      async find(n: number) {
        return [n * this.factor, currentTask()?.name]
      }
      async never() {
        await new Promise(() => {})
      }
      twice(n: number) {
        return double(n)
      }
      plain() {
        return 1
      }
      static async build(n: number) {
        return n
      }
    }
    const proto = Base.prototype as unknown as Record<string, unknown>
    for (const name of ['find', 'twice', 'plain']) decorate[form](proto, name, { timeout: 1000 })
    decorate[form](proto, 'never', { timeout: 10 })
    decorate[form](Base as unknown as Record<string, unknown>, 'build', { timeout: 1000 })
    class Derived extends Base {
      override async find(n: number) {
        return [...(await super.find(n)), 'derived']
      }
    }
    return { Base, Derived }
  }

  test.each(['standard', 'legacy'] as const)(
    '%s: keeps this, name and length, static and inherited',
    async form => {
      const { Base, Derived } = made(form)
      expect(await new Base().find(2)).toEqual([6, 'find'])
      expect(await new Derived().find(2)).toEqual([6, 'find', 'derived'])
      expect(await Base.build(1)).toBe(1)
      expect([Base.prototype.find.name, Base.prototype.find.length]).toEqual(['find', 1])
    }
  )

  test.each(['standard', 'legacy'] as const)(
    '%s: an async method is eager, a real Promise, and bounded',
    async form => {
      const { Base } = made(form)
      const promise = new Base().never()
      expect(promise).toBeInstanceOf(Promise)
      await expect(promise).rejects.toThrow(/never\(\) did not finish within 10 ms/)
    }
  )

  test.each(['standard', 'legacy'] as const)('%s: the calls of a method stay calls', async form => {
    const { Base } = made(form)
    expect(new Base().twice(2).runSync()).toBe(4)
    expect(await new Base().twice(2)).toBe(4)
  })

  test.each(['standard', 'legacy'] as const)('%s: a plain synchronous method is refused', form => {
    const { Base } = made(form)
    expect(() => new Base().plain()).toThrow(InvalidArgumentError)
  })

  test('refuses wrong options, and an executor', () => {
    expect(() => bridged({ timeout: -1 })).toThrow(InvalidArgumentError)
    expect(() => bridged(undefined as never)).toThrow(InvalidArgumentError)
    expect(() => bridged({ executor: inline })).toThrow(/a method runs where its object lives/)
  })
})
