import 'reflect-metadata'
import { type Executor, InvalidArgumentError, inline } from '@bridge/core'
import {
  BRIDGE_EXECUTOR,
  BridgeModule,
  type BridgeModuleOptions,
  type BridgePoolOptions,
  defineTasks,
  getPoolToken,
  InjectPool
} from '@bridge/nest'
import type { Pool } from '@bridge/pool'
import { Injectable, Module, type ModuleMetadata } from '@nestjs/common'
import { Test } from '@nestjs/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WorkTasks } from './support/work-tasks.js'

class CpuTasks extends defineTasks<typeof import('./fixtures/work.tasks.mjs')>(
  new URL('./fixtures/work.tasks.mjs', import.meta.url),
  { pool: 'cpu' }
) {}

const builder = (metadata: ModuleMetadata) => Test.createTestingModule(metadata)

async function start(metadata: ModuleMetadata, built = builder(metadata)) {
  const app = await built.compile()
  onTestFinished(() => app.close())
  return app.init()
}

const cpu = (options: BridgePoolOptions = {}) => BridgeModule.forRoot('cpu', options)

describe('a pool with a name', () => {
  test('runs the tasks that name it, beside the default pool, and has its name', async () => {
    const app = await start({
      imports: [BridgeModule.forRoot(), cpu({ pool: { maxThreads: 1 } })],
      providers: [WorkTasks, CpuTasks]
    })
    const threads = [await app.get(WorkTasks).whoami(), await app.get(CpuTasks).whoami()].map(
      one => one.thread
    )
    const [base, named] = [app.get<Pool>(BRIDGE_EXECUTOR), app.get<Pool>(getPoolToken('cpu'))]
    expect(threads).toEqual([base.stats().threadIds[0], named.stats().threadIds[0]])
    expect(named.name).toBe('cpu')
  })

  test('is injected by @InjectPool, and the default pool without a name', async () => {
    @Injectable()
    class Status {
      constructor(
        @InjectPool('cpu') readonly cpu: Pool,
        @InjectPool() readonly base: Executor
      ) {}
    }
    const app = await start({
      imports: [BridgeModule.forRoot({ executor: inline }), cpu()],
      providers: [Status]
    })
    const { cpu: named, base } = app.get(Status)
    expect(named.stats().threads).toBe(0)
    expect(base).toBe(inline)
  })

  test('is overridden in tests by its token', async () => {
    const metadata = { imports: [cpu()], providers: [CpuTasks] }
    const app = await start(
      metadata,
      builder(metadata).overrideProvider(getPoolToken('cpu')).useValue(inline)
    )
    expect(await app.get(CpuTasks).double(2)).toBe(4)
    expect(app.get(getPoolToken('cpu'))).toBe(inline)
  })

  test('is closed with the application', async () => {
    const app = await start({ imports: [cpu()], providers: [CpuTasks] })
    const tasks = app.get(CpuTasks)
    const underWay = tasks.wordsAfterATurn().start()
    await app.close()
    expect(await underWay).toBe('done')
    await expect(tasks.double(1)).rejects.toMatchObject({ code: 'BRIDGE_CLOSED' })
  })

  test.each([
    ['an empty name', () => BridgeModule.forRoot('')],
    ['an option for requests', () => cpu({ deadline: 5 } as never)],
    ['an unknown option', () => cpu({ threads: 5 } as never)],
    ['an invalid name, for tasks', () => defineTasks(new URL('file:///x.js'), { pool: 5 as never })],
    ['an invalid name, to inject', () => InjectPool(5 as never)],
    ['an empty name, for a token', () => getPoolToken('')]
  ])('refuses %s', (_, make) => {
    expect(make).toThrow(InvalidArgumentError)
  })
})

describe('a pool that is missing or provided twice is explained by an error', () => {
  const refused = async (metadata: ModuleMetadata) => {
    const error: Error = await builder(metadata)
      .compile()
      .then(
        async app => {
          await app.close()
          throw new Error('it was not refused')
        },
        reason => reason
      )
    return error.message
  }

  test('tasks without forRoot', async () => {
    expect(await refused({ providers: [WorkTasks] })).toMatch(
      /^WorkTasks: there is no executor here\. Import BridgeModule\.forRoot\(\) in the root module/
    )
  })

  test('tasks of a pool that has no forRoot', async () => {
    expect(await refused({ imports: [BridgeModule.forRoot()], providers: [CpuTasks] })).toMatch(
      /^CpuTasks: there is no executor named 'cpu' here\. Import BridgeModule\.forRoot\('cpu', \{ pool \}\)/
    )
  })

  test('tasks by forFeature when forRoot is not global', async () => {
    @Module({ imports: [BridgeModule.forFeature([WorkTasks])] })
    class Feature {}
    expect(await refused({ imports: [BridgeModule.forRoot({ isGlobal: false }), Feature] })).toMatch(
      /WorkTasks: .*isGlobal: false.*without forFeature\(\)/
    )
  })

  test('an injected pool, in the message of Nest', async () => {
    @Injectable()
    class Status {
      constructor(@InjectPool('cpu') readonly cpu: Pool) {}
    }
    expect(await refused({ providers: [Status] })).toContain("the executor of BridgeModule.forRoot('cpu')")
  })

  test.each<[string, () => ReturnType<typeof BridgeModule.forRoot>]>([
    ['without a name', () => BridgeModule.forRoot({ executor: inline })],
    ['with a name', () => cpu({ executor: inline })]
  ])('two modules of forRoot %s', async (name, root) => {
    @Module({ imports: [root()] })
    class Other {}
    const call = name === 'with a name' ? /forRoot\('cpu'\): 2 modules/ : /forRoot\(\): 2 modules/
    expect(await refused({ imports: [root(), Other] })).toMatch(call)
  })

  test('but the same module in several places counts once', async () => {
    const root = BridgeModule.forRoot({ isGlobal: false })
    @Module({ imports: [root], providers: [WorkTasks], exports: [WorkTasks] })
    class One {}
    @Module({ imports: [root], providers: [WorkTasks] })
    class Two {}
    const app = await start({ imports: [One, Two] })
    const [first, second] = [One, Two].map(module => app.select(module).get(WorkTasks))
    expect((await first?.whoami())?.thread).toBe((await second?.whoami())?.thread)
  })
})

describe('forRootAsync', () => {
  @Injectable()
  class Options {
    createBridgeOptions(): BridgeModuleOptions {
      return { executor: inline }
    }
  }
  @Module({ providers: [Options], exports: [Options] })
  class OptionsModule {}

  test.each([
    ['a factory', { useFactory: () => ({ executor: inline }) }],
    ['a class', { useClass: Options }],
    ['an existing provider', { imports: [OptionsModule], useExisting: Options }]
  ])('takes the options from %s, with a name and without one', async (_, options) => {
    const app = await start({
      imports: [BridgeModule.forRootAsync(options), BridgeModule.forRootAsync('cpu', options)]
    })
    expect([app.get(BRIDGE_EXECUTOR), app.get(getPoolToken('cpu'))]).toEqual([inline, inline])
  })

  test.each([
    ['no source', {}],
    ['two sources', { useFactory: () => ({}), useClass: Options }],
    ['a factory that is none', { useFactory: {} }],
    ['an unknown option', { useFactory: () => ({}), global: true }],
    ['nothing', undefined]
  ])('refuses %s', (_, options) => {
    expect(() => BridgeModule.forRootAsync(options as never)).toThrow(InvalidArgumentError)
  })

  test('rejects options for requests in a named pool, at start-up', async () => {
    const root = BridgeModule.forRootAsync('cpu', {
      useFactory: () => ({ deadline: 5 }) as BridgePoolOptions
    })
    await expect(builder({ imports: [root] }).compile()).rejects.toThrow(
      /forRootAsync\('cpu'\): deadline is an option for requests/
    )
  })
})
