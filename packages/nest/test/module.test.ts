import { inspect } from 'node:util'
import { threadId } from 'node:worker_threads'
import { type Executor, ExecutorClosedError, InvalidArgumentError, inline } from '@bridge/core'
import { BRIDGE_EXECUTOR, BridgeInterceptor, BridgeModule, Deadline, defineTasks } from '@bridge/nest'
import { createPool } from '@bridge/pool'
import { Controller, Get, Injectable, Module, type Type, UseInterceptors } from '@nestjs/common'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { Test } from '@nestjs/testing'
import { afterEach, describe, expect, test } from 'vitest'
import { startServer } from './support/server.js'
import { WorkTasks } from './support/work-tasks.js'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

/** Starts an application without a server. */
async function start(
  imports: Parameters<typeof Test.createTestingModule>[0]['imports'],
  providers: Type[] = []
) {
  const app = await Test.createTestingModule({ imports: imports ?? [], providers }).compile()
  await app.init()
  cleanups.push(() => app.close())
  return app
}

describe('a class of defineTasks', () => {
  test('is injected by its type and runs its functions on a thread of the pool', async () => {
    @Injectable()
    class User {
      constructor(readonly tasks: WorkTasks) {}
    }
    const { tasks } = (await start([BridgeModule.forRoot()], [WorkTasks, User])).get(User)
    expect(tasks).toBeInstanceOf(WorkTasks)
    expect(await tasks.double(21)).toBe(42)
    expect((await tasks.whoami()).thread).not.toBe(threadId)
  })

  test('can have its own methods beside those of the module', async () => {
    const tasks = (await start([BridgeModule.forRoot()], [WorkTasks])).get(WorkTasks)
    expect(await tasks.quadruple(3)).toBe(12)
  })

  test('runs on any executor without Nest', async () => {
    expect(await new WorkTasks(inline).whoami()).toMatchObject({ thread: threadId })
  })

  test('survives being awaited, printed, compared and serialised', async () => {
    const tasks = new WorkTasks(inline)
    expect(await tasks).toBe(tasks)
    expect(inspect(tasks)).toContain('WorkTasks')
    expect(JSON.stringify({ tasks })).toBe('{"tasks":{}}')
    expect(tasks).toEqual(tasks)
  })

  test.each([
    ['without a URL', () => defineTasks(undefined as never)],
    ['without an executor', () => new WorkTasks(undefined as never)]
  ])('is refused %s', (_, make) => {
    expect(make).toThrow(InvalidArgumentError)
  })
})

describe('BridgeModule', () => {
  test('runs everything in place when a test overrides the executor by inline', async () => {
    const app = await Test.createTestingModule({ imports: [BridgeModule.forRoot()], providers: [WorkTasks] })
      .overrideProvider(BRIDGE_EXECUTOR)
      .useValue(inline)
      .compile()
    cleanups.push(() => app.close())
    expect(await app.get(WorkTasks).whoami()).toMatchObject({ thread: threadId })
  })

  test('drains its pool when the application shuts down', async () => {
    const app = await start([BridgeModule.forRoot()], [WorkTasks])
    const tasks = app.get(WorkTasks)
    const underWay = tasks.wordsAfterATurn().start()
    await app.close()
    expect(await underWay).toBe('done')
    await expect(tasks.double(1)).rejects.toThrow(ExecutorClosedError)
  })

  test('shuts down although a call never ends, after the time to drain', async () => {
    const app = await start([BridgeModule.forRoot({ shutdown: { drain: 20 } })], [WorkTasks])
    const hung = app.get(WorkTasks).untilAborted().start()
    const outcome = expect(hung).rejects.toThrow(ExecutorClosedError)
    await app.close()
    await outcome
  })

  test('leaves an executor of the application open', async () => {
    const pool = createPool({ maxThreads: 1 })
    cleanups.push(() => pool.close())
    const app = await start([BridgeModule.forRoot({ executor: pool })], [WorkTasks])
    await app.close()
    expect(await app.get(WorkTasks).double(1)).toBe(2)
  })

  test('takes its options from a factory', async () => {
    const app = await start(
      [BridgeModule.forRootAsync({ inject: [], useFactory: async () => ({ executor: inline }) })],
      [WorkTasks]
    )
    expect(await app.get(WorkTasks).whoami()).toMatchObject({ thread: threadId })
  })

  test("rejects a factory's invalid options at start-up", async () => {
    const starting = start([BridgeModule.forRootAsync({ useFactory: () => ({ deadline: -1 }) })])
    await expect(starting).rejects.toThrow(/forRootAsync.*-1/)
  })

  test('provides tasks to a separate module by forFeature', async () => {
    @Injectable()
    class User {
      constructor(readonly tasks: WorkTasks) {}
    }
    @Module({ imports: [BridgeModule.forFeature([WorkTasks])], providers: [User] })
    class Feature {}
    const app = await start([BridgeModule.forRoot({ executor: inline }), Feature])
    expect(await app.get(User, { strict: false }).tasks.double(4)).toBe(8)
  })

  test.each([
    ['an unknown option', { threads: 2 }],
    ['a deadline of zero', { deadline: 0 }],
    ['a deadline that is no number', { deadline: '5s' }],
    ['a pool and an executor', { pool: {}, executor: inline }],
    ['an executor that is none', { executor: {} as Executor }],
    ['a context that is no function', { context: 'id' }],
    ['a time to drain that is none', { shutdown: { drain: -1 } }],
    ['a shutdown that is no object', { shutdown: 5 }],
    ['isGlobal that is no flag', { isGlobal: 1 }]
  ])('refuses %s', (_, options) => {
    expect(() => BridgeModule.forRoot(options as never)).toThrow(InvalidArgumentError)
  })

  test('rejects an invalid @Deadline', () => {
    expect(() => Deadline(Number.NaN)).toThrow(InvalidArgumentError)
  })
})

describe('BridgeInterceptor', () => {
  @Controller('all')
  @UseInterceptors(BridgeInterceptor)
  @Deadline(20)
  class Bounded {
    constructor(private readonly tasks: WorkTasks) {}

    @Get('late')
    late() {
      return this.tasks.untilAborted()
    }

    @Get('unbounded')
    @Deadline(Number.POSITIVE_INFINITY)
    unbounded() {
      return this.tasks.wordsAfterATurn()
    }
  }

  @Controller('some')
  class Mixed {
    constructor(private readonly tasks: WorkTasks) {}

    @Get('with')
    @UseInterceptors(BridgeInterceptor)
    with() {
      return this.tasks.whoami()
    }

    @Get('without')
    without() {
      return this.tasks.whoami()
    }
  }

  const serve = async (options: Parameters<typeof startServer>[1]) => {
    const server = await startServer(new FastifyAdapter({ forceCloseConnections: true }), options)
    cleanups.push(() => server.app.close())
    return server
  }

  test("serves a controller, whose deadline is overridden by a handler's", async () => {
    const { url } = await serve({ isGlobal: false, controllers: [Bounded] })
    expect((await fetch(`${url}/all/late`)).status).toBe(504)
    expect(await (await fetch(`${url}/all/unbounded`)).text()).toBe('done')
  })

  test('serves one route and not another one beside it', async () => {
    const { url } = await serve({ isGlobal: false, controllers: [Mixed] })
    const headers = { 'x-request-id': 'mine' }
    expect(await (await fetch(`${url}/some/with`, { headers })).json()).toMatchObject({ id: 'mine' })
    expect(await (await fetch(`${url}/some/without`, { headers })).json()).not.toHaveProperty('id')
  })

  test("applies the module's deadline, and the context that the module's options make", async () => {
    const context = (_: unknown, id: string) => ({ id: `tenant/${id}` })
    const { app, url } = await serve({ bridge: { pool: { maxThreads: 1 }, deadline: 100, context } })
    // Outside of a request, where no deadline applies, so that the thread's start does not count.
    await app.get(WorkTasks).whoami()
    expect((await fetch(`${url}/waiting`)).status).toBe(504)
    const seen = await fetch(`${url}/whoami`, { headers: { 'x-request-id': '7' } })
    expect(await seen.json()).toMatchObject({ id: 'tenant/7' })
  })

  test('answers 500 when the context cannot be made', async () => {
    const context = () => {
      throw new Error('no tenant')
    }
    const { url, log } = await serve({ bridge: { executor: inline, context } })
    expect((await fetch(`${url}/plain`)).status).toBe(500)
    expect(log.errors).toMatchObject([{ message: 'no tenant' }])
  })
})
