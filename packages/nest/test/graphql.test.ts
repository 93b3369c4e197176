import { timeLeft } from '@bridge/core'
import {
  BridgeExceptionFilter,
  BridgeInterceptor,
  BridgeModule,
  type BridgeModuleOptions,
  Deadline,
  RequestSignal
} from '@bridge/nest'
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo'
import { type CanActivate, Injectable, UseGuards } from '@nestjs/common'
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core'
import { Field, Float, GraphQLModule, Int, ObjectType, Query, Resolver, Subscription } from '@nestjs/graphql'
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { type Client, createClient } from 'graphql-ws'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { startApplication } from './support/application.js'
import type { Server } from './support/server.js'
import { WorkTasks } from './support/work-tasks.js'

const HOUR = 3_600_000
let signal: AbortSignal | undefined

@ObjectType()
class Row {
  @Field(() => Int)
  n!: number

  @Field(() => String, { nullable: true })
  id?: string
}

@Injectable()
class LosingGuard implements CanActivate {
  constructor(private readonly tasks: WorkTasks) {}

  canActivate(): Promise<boolean> {
    return this.tasks.exit()
  }
}

@Resolver()
class Rows {
  constructor(private readonly tasks: WorkTasks) {}

  @Query(() => String)
  async whoami() {
    return (await this.tasks.whoami()).id
  }

  @Query(() => Float)
  left() {
    return timeLeft()
  }

  @Query(() => Float)
  @Deadline(3 * HOUR)
  leftOfMore() {
    return timeLeft()
  }

  @Query(() => Int)
  @Deadline(20)
  late() {
    return this.tasks.untilAborted()
  }

  @Query(() => Int)
  lost() {
    return this.tasks.exit()
  }

  @Query(() => Int)
  @UseGuards(LosingGuard)
  guarded() {}

  @Query(() => Int)
  unknown() {
    return this.tasks.notThere()
  }

  @Query(() => Int)
  waiting(@RequestSignal() one: AbortSignal) {
    signal = one
    return this.tasks.untilAborted()
  }

  @Subscription(() => Row, { resolve: (row: Row) => row })
  rows() {
    return this.tasks.rows(3)
  }

  @Subscription(() => Row, { resolve: (row: Row) => row })
  silent() {
    return this.tasks.silentAfterOne()
  }

  @Subscription(() => Row, { resolve: (row: Row) => row })
  async *silentGenerator() {
    for await (const row of this.tasks.silentAfterOne()) yield row
  }
}

describe.each([
  [
    'mercurius',
    () => new FastifyAdapter({ forceCloseConnections: true }),
    GraphQLModule.forRoot<MercuriusDriverConfig>({
      driver: MercuriusDriver,
      autoSchemaFile: true,
      subscription: { fullWsTransport: false }
    })
  ],
  [
    'Apollo',
    () => new ExpressAdapter(),
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
      subscriptions: { 'graphql-ws': true }
    })
  ]
] as const)('an operation on %s', (_, adapter, graphql) => {
  let server: Server
  let client: Client | undefined

  const start = async (options: BridgeModuleOptions = {}) => {
    server = await startApplication(
      {
        imports: [
          BridgeModule.forRoot({
            pool: { maxThreads: 1, concurrencyPerThread: 100, killGrace: 5000 },
            ...options
          }),
          graphql
        ],
        providers: [
          WorkTasks,
          Rows,
          { provide: APP_INTERCEPTOR, useClass: BridgeInterceptor },
          { provide: APP_FILTER, useClass: BridgeExceptionFilter }
        ]
      },
      adapter()
    )
    const tasks = server.app.get(WorkTasks)
    await tasks.whoami()
    return tasks
  }
  afterEach(async () => {
    await client?.dispose()
    client = undefined
    await server.app.close()
  })

  const ask = async (query: string, init: { headers?: object; signal?: AbortSignal } = {}) => {
    const headers = { 'content-type': 'application/json', ...init.headers }
    const body = JSON.stringify({ query: `{ ${query} }` })
    const answer = await fetch(`${server.url}/graphql`, { ...init, method: 'POST', headers, body })
    return (await answer.json()) as {
      data?: Record<string, unknown>
      errors?: { message: string; extensions?: { code?: string } }[]
    }
  }
  const failure = async (query: string) => {
    const [error] = (await ask(query)).errors ?? []
    return [error?.extensions?.code, error?.message]
  }
  const subscribe = (query: string) => {
    client = createClient({ url: `${server.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket })
    return client.iterate<Record<string, Row>>({ query: `subscription { ${query} { n id } }` })
  }
  const as = (id: string) => ({ headers: { 'x-request-id': id } })

  test.each([
    ['with the middleware', true],
    ['without the middleware', false]
  ])("has its request's id in the worker, and the deadlines of each resolver, %s", async (_, middleware) => {
    await start({ middleware, deadline: HOUR })
    const { data } = await ask('whoami left leftOfMore', as('g1'))
    expect(data?.whoami).toBe('g1')
    expect(data?.left).toBeLessThanOrEqual(HOUR)
    expect(data?.leftOfMore).toBeGreaterThan(2 * HOUR)
  })

  test('has the id that messageId returns', async () => {
    await start({ messageId: context => context.getArgByIndex(2).req?.headers['x-trace'] })
    expect((await ask('whoami', { headers: { 'x-trace': 't1' } })).data).toEqual({ whoami: 't1' })
  })

  test('is answered for an error of a call by its code, without its message', async () => {
    await start()
    expect(await failure('late')).toEqual(['GATEWAY_TIMEOUT', 'Gateway Timeout'])
    expect(await failure('lost')).toEqual(['SERVICE_UNAVAILABLE', 'Service Unavailable'])
    expect(await failure('guarded')).toEqual(['SERVICE_UNAVAILABLE', 'Service Unavailable'])
    expect(await failure('unknown')).toEqual(['INTERNAL_SERVER_ERROR', 'Internal server error'])
  })

  test.each([
    ['with the middleware', true],
    ['without the middleware', false]
  ])('is aborted when the client goes away, %s', async (_, middleware) => {
    signal = undefined
    const tasks = await start({ middleware })
    const leaving = new AbortController()
    const answer = ask('waiting', { signal: leaving.signal })
    await vi.waitUntil(() => signal)
    while ((await tasks.log()).opened === 0);
    leaving.abort()
    await expect(answer).rejects.toThrow()
    while ((await tasks.log()).aborted === 0);
    expect(signal).toMatchObject({ aborted: true })
  })

  test('that is a subscription gets the items of a stream, in one context', async () => {
    await start()
    const ids = new Set<string | undefined>()
    const numbers: unknown[] = []
    for await (const { data } of subscribe('rows')) {
      ids.add(data?.rows?.id)
      numbers.push(data?.rows?.n)
    }
    expect(numbers).toEqual([0, 1, 2])
    expect([...ids]).toEqual([expect.stringMatching(/^[\da-f]{8}-/)])
  })

  test.each(['silent', 'silentGenerator'])(
    'that is a subscription stops its stream in the worker when the client unsubscribes: %s',
    async name => {
      const tasks = await start()
      for await (const { data } of subscribe(name)) {
        expect(data?.[name]).toMatchObject({ n: 0 })
        break
      }
      while ((await tasks.log()).closed === 0);
      expect(server.log.errors).toEqual([])
    }
  )

  test('that is a subscription stops its stream in the worker when the connection ends', async () => {
    const tasks = await start()
    const items = subscribe('silent')[Symbol.asyncIterator]()
    await items.next()
    client?.terminate()
    while ((await tasks.log()).closed === 0);
    expect(server.log.errors).toEqual([])
  })
})
