import { AsyncLocalStorage } from 'node:async_hooks'
import { inspect } from 'node:util'
import { InvalidArgumentError, inline, proxy, read, runScope, write } from '@bridge/core'
import { runTask } from '@bridge/core/host'
import { describe, expect, test } from 'vitest'
import type * as Tasks from '../src/testing/tasks.js'
import { runSource } from './child.js'
import { ToyExecutor } from './toy-executor.js'

const url = new URL('../dist/testing/tasks.js', import.meta.url)
const tasks = inline.import<typeof Tasks>(url)
const plain = inline.importSync<typeof Tasks>(url)

/** The error that `act` throws or rejects with. */
async function failure(act: () => unknown): Promise<Error & Record<string, unknown>> {
  try {
    await act()
  } catch (error) {
    return error as Error & Record<string, unknown>
  }
  throw new Error('nothing was thrown')
}

test('a method that is started because a later one is consumed sees what surrounds its own making', async () => {
  const request = new AsyncLocalStorage<string>()
  const holder = globalThis as { whose?: () => string | undefined }
  holder.whose = () => request.getStore()
  const { Who } = inline.import<{ Who: new () => { ask(): string | undefined } }>(
    new URL('data:text/javascript,export class Who { ask() { return globalThis.whose() } }')
  )
  const who = await new Who()
  const first = request.run('first', () => who.ask())
  const second = request.run('second', () => who.ask().start())
  const third = who.ask().start()
  expect(await Promise.all([first, second, third])).toEqual(['first', 'second', undefined])
  delete holder.whose
})

describe('await using', () => {
  test('disposes at the end of the block, after what the block did', async () => {
    const seen: unknown[] = []
    {
      await using counter = new tasks.Counter(1)
      counter.add().then(value => seen.push(value))
      seen.push(await counter.add())
      seen.push(counter)
    }
    const [first, second, counter] = seen as [number, number, InstanceType<typeof tasks.Counter>]
    expect([first, second]).toEqual([2, 3])
    expect(await failure(() => counter.add())).toMatchObject({ code: 'BRIDGE_DISPOSED' })
  })

  test('waits for calls that were not awaited', async () => {
    const outcomes: Promise<number>[] = []
    {
      await using counter = new tasks.Counter(1)
      outcomes.push(counter.add(), counter.addLater(), counter.add())
    }
    expect(await Promise.all(outcomes)).toEqual([2, 4, 3])
  })

  test('shows the error of the body, and disposes', async () => {
    let held: InstanceType<typeof tasks.Counter> | undefined
    const error = await failure(async () => {
      await using counter = new tasks.Counter(1)
      held = counter
      throw new RangeError('in the body')
    })
    expect(error.message).toBe('in the body')
    expect(await failure(() => held?.add())).toMatchObject({ code: 'BRIDGE_DISPOSED' })
  })

  test('shows the error of the disposal, and both errors if the body failed, too', async () => {
    const alone = await failure(async () => {
      await using bad = new tasks.EndsBadly('code')
      await bad.use()
    })
    expect(alone).toMatchObject({ name: 'RangeError', code: 'E_RANGE' })
    const both = await failure(async () => {
      await using bad = new tasks.EndsBadly('code')
      await bad.use()
      throw new Error('in the body')
    })
    expect(both).toMatchObject({ error: { code: 'E_RANGE' }, suppressed: { message: 'in the body' } })
  })

  test('shows the error of the constructor once: at the first use, or at the end where nothing was used', async () => {
    const used = await failure(async () => {
      await using broken = new tasks.Broken('code')
      await broken.use()
    })
    expect(used).toMatchObject({ code: 'E_RANGE' })
    expect(used).not.toHaveProperty('suppressed')
    const unused = await failure(async () => {
      await using _broken = new tasks.Broken('code')
    })
    expect(unused).toMatchObject({ code: 'E_RANGE' })
  })
})

describe('using', () => {
  test('disposes a plain object at the end of the block', () => {
    const seen: InstanceType<typeof plain.Counter>[] = []
    {
      using counter = new plain.Counter(1)
      seen.push(counter)
      expect(counter.add()).toBe(2)
    }
    expect(() => seen[0]?.add()).toThrow(expect.objectContaining({ code: 'BRIDGE_DISPOSED' }))
  })

  test('takes the object’s own Symbol.dispose before its Symbol.asyncDispose, and await using the other way', async () => {
    const both = inline.importSync<{ Both: new (seen: string[]) => Disposable & AsyncDisposable }>(
      new URL('./fixtures/both.cjs', import.meta.url)
    )
    const seen: string[] = []
    new both.Both(seen)[Symbol.dispose]()
    await new both.Both(seen)[Symbol.asyncDispose]()
    expect(seen).toEqual(['now', 'later'])
  })
})

describe('an object on inline', () => {
  test('stays on this thread, and its proxy there is the object itself', async () => {
    const list = [1, 2]
    const face = proxy(list)
    expect(await face.push(3)).toBe(3)
    expect(list).toEqual([1, 2, 3])
    expect(proxy(list)).toBe(face)
    expect(proxy(face)).toBe(face)
    expect(await read(face, 'length')).toBe(3)
    expect(await tasks.areSame(face as never, list as never)).toBe(false)
    expect(await tasks.echo(face as never)).toBe(face)
  })

  test('may be blocked on when it has been made, as far as it is synchronous', async () => {
    const counter = new tasks.Counter(1)
    expect(await failure(() => counter.add().runSync())).toMatchObject({
      code: 'BRIDGE_CANNOT_BLOCK',
      message: expect.stringContaining('still being made')
    })
    await counter.describe()
    expect(counter.add().runSync()).toBe(2)
    expect([...counter.below()]).toEqual([0, 1])
    write(counter, 'count', 9).runSync()
    expect(read(counter, 'double').runSync()).toBe(18)
    expect(await failure(() => counter.addLater().runSync())).toMatchObject({ code: 'BRIDGE_CANNOT_BLOCK' })
  })

  test('may be an argument while it is being made, and its calls stay in order', async () => {
    const counter = new tasks.Counter(1)
    const seen: (number | boolean)[] = []
    const noted = [
      counter.add().then(value => seen.push(value)),
      tasks.areSame(counter as never, counter as never).then(value => seen.push(value)),
      counter.add().then(value => seen.push(value))
    ]
    await Promise.all(noted)
    expect(seen.filter(one => typeof one === 'number')).toEqual([2, 3])
    expect(seen).toContain(true)
  })

  test('is not constructed if a scope has ended', async () => {
    const stop = new AbortController()
    stop.abort(new Error('too late'))
    const counter = runScope({ signal: stop.signal }, () => new tasks.Counter(1))
    expect(await failure(() => counter.add())).toBeInstanceOf(Error)
    expect((await failure(() => counter.add())).message).toBe('too late')
  })

  test('returns the same for two copies of data, and leaves the data unchanged', async () => {
    const counter = new tasks.Counter(1)
    const data = Object.freeze({ list: Object.freeze([counter]) })
    const back = (await tasks.echo(data as never)) as typeof data
    expect(back).not.toBe(data)
    expect(back.list[0]).toBe(counter)
  })
})

describe('read and write', () => {
  test('refuse at the call a value that is not a remote object or class, and an invalid key', () => {
    const wrong: [() => unknown, RegExp][] = [
      [
        () => read({} as never, 'x' as never),
        /read\(\): object must be a remote object, class, exported object or module, got {}/
      ],
      [
        () => write(new Map() as never, 'size' as never, 1 as never),
        /write\(\): object must be a remote object/
      ],
      [() => read(tasks.Counter, 1 as never), /read\(\): key must be a string, got 1/]
    ]
    for (const [act, message] of wrong) {
      expect(act).toThrow(InvalidArgumentError)
      expect(act).toThrow(message)
    }
  })

  test('report a property that can not be written', async () => {
    const frozen = proxy(Object.freeze({ n: 1 }))
    expect(await failure(() => write(frozen as never, 'n' as never, 2 as never))).toMatchObject({
      name: 'TypeError',
      message: expect.stringContaining("n can't be written")
    })
  })
})

describe('proxy', () => {
  test.each([undefined, null, 1, 'text', Symbol.iterator])('refuses %o', value => {
    expect(() => proxy(value as never)).toThrow(InvalidArgumentError)
  })
})

describe('an executor that keeps no objects', () => {
  test('refuses them at the call, and names itself', () => {
    const toy = new ToyExecutor().import<typeof Tasks>(url)
    expect(() => new toy.Counter(1)).toThrow(/new Counter\(\): toy keeps no objects.*such as a pool/)
    expect(() => toy.Counter.of(1)).toThrow(/Counter\.of\(\): toy keeps no objects/)
    expect(() => new (new ToyExecutor().importSync<typeof Tasks>(url).Counter)(1)).toThrow(
      InvalidArgumentError
    )
  })

  test('is refused by a host without an object store, too', () => {
    const request = { name: 'new Counter', module: url.href, args: [], operation: 'new', object: 1 } as const
    expect(() => runTask(request)).toThrow(InvalidArgumentError)
  })
})

describe('a remote class', () => {
  test('is a function when it is inspected', () => {
    expect(inspect(tasks.Counter)).toContain('Counter')
    expect([typeof tasks.Counter, tasks.Counter.name, tasks.Counter.length]).toEqual([
      'function',
      'Counter',
      0
    ])
    expect(tasks.Counter).toBe(tasks.Counter)
    expect(tasks.Counter.of).toBe(tasks.Counter.of)
    expect(Reflect.get(tasks.Counter, 'then')).toBeUndefined()
    expect({ Class: tasks.Counter }).toEqual({ Class: tasks.Counter })
  })

  test('of a blocking module can be extended, and its objects are instances', () => {
    class Mine extends (plain.Counter as unknown as new (start: number) => { add(by: number): number }) {
      twice(): number {
        return this.add(1) + this.add(1)
      }
    }
    const mine = new Mine(0)
    expect(mine.twice()).toBe(3)
    expect([mine instanceof Mine, mine instanceof plain.Counter]).toEqual([true, true])
    expect(Object.keys(mine)).toEqual(['count'])
    expect(() => plain.Counter.prototype).not.toThrow()
  })
})

test('a constructor’s error that no caller got is an unhandled rejection when the object is collected', async () => {
  const { code, stdout, stderr } = await runSource(`
    import v8 from 'node:v8'
    import vm from 'node:vm'
    import { inline } from '@bridge/core'
    v8.setFlagsFromString('--expose-gc')
    const gc = vm.runInNewContext('gc')
    const tasks = inline.import(new URL(import.meta.resolve('@bridge/core/testing').replace('index', 'tasks')))
    process.on('unhandledRejection', error => console.log('unhandled', error.message))
    ;(() => { new tasks.Broken('code') })()
    await new tasks.Broken('type').use().catch(error => console.log('caught', error.message))
    for (let n = 0; n < 5; n++) {
      await new Promise(setImmediate)
      gc()
    }`)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toBe('caught of a built-in class\nunhandled with a code\n')
})

test('objects work across the ESM and the CommonJS copy of the package', async () => {
  const { code, stdout, stderr } = await runSource(`
    import { createRequire } from 'node:module'
    import * as esm from '@bridge/core'
    const cjs = createRequire(import.meta.url)('@bridge/core')
    const url = new URL(import.meta.resolve('@bridge/core/testing').replace('index', 'tasks'))
    const [one, other] = [esm.inline.import(url), cjs.inline.import(url)]
    const counter = new one.Counter(1)
    const proxied = cjs.proxy({ n: 1 })
    console.log(JSON.stringify([
      await cjs.read(counter, 'count'),
      await other.areSame(counter, counter),
      (await other.echo([counter]))[0] === counter,
      (await one.echo({ proxied })).proxied === proxied,
      await esm.read(proxied, 'n'),
      esm.proxy(proxied) === proxied,
      cjs.kindOfResult(counter)
    ]))`)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(JSON.parse(stdout)).toEqual([1, true, true, true, 1, true, 'sync'])
})
