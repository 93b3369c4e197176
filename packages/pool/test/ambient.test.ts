import { AsyncLocalStorage } from 'node:async_hooks'
import { sendStream } from '@bridge/iter'
import { createLoop, createPool, type PoolOptions } from '@bridge/pool'
import { describe, expect, it, onTestFinished } from 'vitest'
import { callbackPool } from './callback-helpers.js'
import type * as ambientTasks from './fixtures/ambient.mjs'
import { latch, runScript } from './helpers.js'

const AMBIENT = new URL('./fixtures/ambient.mjs', import.meta.url)

type Tasks = typeof ambientTasks
type Found = string | undefined

function ambient(options: PoolOptions = {}) {
  const pool = createPool({ maxThreads: 1, ...options })
  onTestFinished(() => pool.close({ drain: false }))
  return { pool, tasks: pool.import<Tasks>(AMBIENT) }
}

async function itemsOf(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const taken: unknown[] = []
  for await (const item of items) taken.push(item)
  return taken
}

/** What each kind of task finds that comes after others which have set something. */
function findings(tasks: ReturnType<typeof ambient>['tasks']): Record<string, () => Promise<unknown>> {
  return {
    awaited: () => tasks.enter('awaited'),
    blocking: async () => tasks.enter('blocking').runSync(),
    'at once': async () => {
      const found = await Promise.all([tasks.enter('1'), tasks.enter('2'), tasks.enter('3')])
      return found.find(one => one !== undefined)
    },
    asynchronous: async () => (await tasks.enterLater('later'))[0],
    'asynchronous and blocking': async () => tasks.enterLater('later').runSync()[0],
    constructor: async () => {
      await using kept = new tasks.Kept('constructor')
      return (await kept.about())[0]
    },
    method: async () => {
      await using kept = new tasks.Kept('constructor')
      return kept.enter('method')
    },
    'blocking method': async () => {
      await using kept = new tasks.Kept('constructor')
      return kept.enter('method').runSync()
    },
    disposal: async () => {
      await new tasks.Kept('constructor')[Symbol.asyncDispose]()
      new tasks.Kept('constructor')[Symbol.dispose]()
      return (await tasks.disposed()).find(found => found !== undefined)
    },
    stream: async () => (await itemsOf(tasks.steps('stream')))[0],
    'blocking stream': async () => [...tasks.steps('stream')][0],
    'asynchronous stream': async () => (await itemsOf(tasks.laterSteps('stream')))[0],
    'call that calls back': async () => (await tasks.callBack('calls back', () => 'back'))[0],
    'call nested in a callback': async () => {
      let found: unknown
      await tasks.callBack('outer', async () => {
        found = await tasks.enter('nested')
      })
      return found
    },
    'call nested in a callback that blocks': async () => {
      let found: unknown
      tasks
        .callBackBlocking('outer', () => {
          found = tasks.enter('nested').runSync()
        })
        .runSync()
      return found
    },
    'task that only looks': () => tasks.found()
  }
}

const KINDS = Object.keys(findings(undefined as never))

describe('what a task sets by enterWith() of an AsyncLocalStorage that is not known here', () => {
  it.each(KINDS)('is not visible to a later task in its thread: %s', async kind => {
    const { tasks } = ambient()
    const find = findings(tasks)[kind] as () => Promise<unknown>
    for (const before of ['awaited', 'blocking', 'stream', 'method'])
      await (findings(tasks)[before] as () => Promise<unknown>)()
    expect([await find(), await find(), await find()]).toEqual([undefined, undefined, undefined])
  })

  it.each(['awaited', 'blocking', 'at once', 'asynchronous', 'method', 'stream', 'blocking stream'])(
    'is not visible to a later task on a loop: %s',
    async kind => {
      const own = createLoop()
      onTestFinished(() => own.close())
      const find = findings(own.import<Tasks>(AMBIENT) as never)[kind] as () => Promise<unknown>
      expect([await find(), await find(), await find()]).toEqual([undefined, undefined, undefined])
    }
  )

  it('is not visible to a later task of a loop that is called by messages of synckit', async () => {
    const { code, stdout, stderr } = await runScript(`
      process.env.BRIDGE_LOOP = 'synckit'
      const { loop } = await import('@bridge/pool')
      const { enter, steps } = loop.importSync(${JSON.stringify(AMBIENT.href)})
      console.log(JSON.stringify([enter('a') ?? null, [...steps('b')], enter('c') ?? null]))
    `)
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual([null, [null, 'b', 'b again'], null])
    expect(code).toBe(0)
  })

  it('is visible in the task itself, after its awaits and in all steps of its generator', async () => {
    const { tasks } = ambient()
    const found = await Promise.all(['a', 'b', 'c'].map(value => tasks.enterLater(value)))
    expect(found.map(each => each[1])).toEqual(['a', 'b', 'c'])
    const streams = ['a', 'b'].map(value => tasks.steps(value)[Symbol.asyncIterator]())
    const taken: unknown[][] = [[], []]
    for (let step = 0; step < 3; step++) {
      for (const [index, stream] of streams.entries()) taken[index]?.push((await stream.next()).value)
    }
    expect(taken).toEqual([
      [undefined, 'a', 'a again'],
      [undefined, 'b', 'b again']
    ])
  })

  it('is visible in timers and promises that the task has left running', async () => {
    const { tasks } = ambient()
    const { word, open } = latch()
    await tasks.enter('before')
    await Promise.all([tasks.leave('a', word), tasks.leave('b', word)])
    await tasks.enter('after')
    open()
    expect(await tasks.leftBehind()).toEqual([
      ['a', 'a'],
      ['b', 'b']
    ])
  })

  it('is not visible to a generator that is closed with its thread', async () => {
    const { pool, tasks } = ambient()
    const { word } = latch()
    const stream = tasks.closes('closes', word)[Symbol.asyncIterator]()
    expect((await stream.next()).value).toBeUndefined()
    await tasks.enter('other')
    await pool.close({ drain: false })
    expect(Atomics.load(word, 1)).toBe(1)
  })

  it('is not visible to a task if the setup module has set it', async () => {
    const setup = new URL('./fixtures/ambient-setup.mjs', import.meta.url)
    const { pool } = ambient({ setup })
    const tasks = pool.import<{ foundOfSetup(): string }>(setup)
    expect([await tasks.foundOfSetup(), tasks.foundOfSetup().runSync()]).toEqual(['nothing', 'nothing'])
  })
})

describe('what a callback sets by enterWith()', () => {
  const storage = new AsyncLocalStorage<Found>()
  const enter = (value: string): Found => {
    const found = storage.getStore()
    storage.enterWith(value)
    return found
  }

  it('is not visible to the next callback, which sees what was set where it was passed', async () => {
    const { tasks } = ambient()
    await storage.run('passed', async () => {
      const found: unknown[] = []
      for (let turn = 0; turn < 3; turn++) found.push((await tasks.callBack('task', enter))[1])
      expect(found).toEqual(['passed', 'passed', 'passed'])
    })
    const { tasks: callbacks } = callbackPool({ maxThreads: 1 })
    const found: unknown[] = []
    await storage.run('passed', () =>
      callbacks.keep(['a', 'b', 'c'], (item: string) => {
        found.push(enter(item))
        return true
      })
    )
    expect(found).toEqual(['passed', 'passed', 'passed'])
  })

  it('is not visible to its caller, blocked or awaiting', async () => {
    const { tasks } = ambient()
    await storage.run('own', async () => {
      expect(tasks.callBackBlocking('task', enter).runSync()).toEqual([undefined, 'own', 'task'])
      expect(storage.getStore()).toBe('own')
      await tasks.callBack('task', enter)
      expect(storage.getStore()).toBe('own')
    })
  })

  it('is visible in all steps of a generator, and not to its caller', async () => {
    const { tasks } = callbackPool({ maxThreads: 1 })
    const found: unknown[] = []
    function* numbers() {
      found.push(enter('first'))
      yield 1
      found.push(storage.getStore())
      yield 2
    }
    await storage.run('own', async () => {
      expect(await tasks.sumOf(numbers)).toBe(3)
      expect(tasks.sumOf(numbers).runSync()).toBe(3)
      expect(storage.getStore()).toBe('own')
    })
    expect(found).toEqual(['own', 'first', 'own', 'first'])
  })

  it('is visible in a sent stream, and not to its sender', async () => {
    const { tasks } = ambient()
    const found: unknown[] = []
    function* rows() {
      found.push(enter('first'))
      yield 1
      found.push(storage.getStore())
      yield 2
    }
    await storage.run('own', async () => {
      expect(tasks.sum(sendStream(rows())).runSync()).toBe(3)
      expect(await tasks.sum(sendStream(rows()))).toBe(3)
      expect(storage.getStore()).toBe('own')
    })
    expect(found).toEqual(['own', 'first', 'own', 'first'])
  })
})
