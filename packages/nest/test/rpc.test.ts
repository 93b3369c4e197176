import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { requestContext } from '@bridge/context'
import { currentSignal, inline, timeLeft } from '@bridge/core'
import {
  BridgeExceptionFilter,
  BridgeInterceptor,
  BridgeModule,
  type BridgeModuleOptions,
  Deadline,
  RequestSignal,
  SkipBridge
} from '@bridge/nest'
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  type INestMicroservice,
  Injectable,
  UseGuards
} from '@nestjs/common'
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core'
import {
  type ClientProxy,
  ClientProxyFactory,
  type CustomTransportStrategy,
  EventPattern,
  MessagePattern,
  type MicroserviceOptions,
  Payload,
  Server,
  Transport
} from '@nestjs/microservices'
import { Test } from '@nestjs/testing'
import { firstValueFrom, from, lastValueFrom, toArray } from 'rxjs'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { latch } from './support/latch.js'
import { ErrorLog } from './support/server.js'
import { WorkTasks } from './support/work-tasks.js'

const HOUR = 3_600_000
let event = latch<unknown>()

@Injectable()
class LateGuard implements CanActivate {
  constructor(private readonly tasks: WorkTasks) {}

  canActivate(): Promise<boolean> {
    return this.tasks.exit()
  }
}

@Controller()
class Messages {
  constructor(private readonly tasks: WorkTasks) {}

  @MessagePattern('whoami')
  whoami() {
    return this.tasks.whoami()
  }

  @EventPattern('told')
  async told(@Payload() _data: object) {
    event.open((await this.tasks.whoami()).id)
  }

  @MessagePattern('rows')
  rows() {
    return this.tasks.rows(3)
  }

  @MessagePattern('observable')
  observable() {
    return from([1, 2])
  }

  @MessagePattern('endless')
  @Deadline(Number.POSITIVE_INFINITY)
  endless() {
    return this.tasks.silentAfterOne()
  }

  @MessagePattern('waiting')
  @Deadline(Number.POSITIVE_INFINITY)
  waiting(@RequestSignal() signal: AbortSignal) {
    event.open(signal === currentSignal())
    return this.tasks.untilAborted()
  }

  @MessagePattern('left')
  left() {
    return timeLeft() ?? 'unlimited'
  }

  @MessagePattern('skipped')
  @SkipBridge()
  skipped() {
    return timeLeft() ?? 'unlimited'
  }

  @MessagePattern('late')
  @Deadline(20)
  late() {
    return this.tasks.untilAborted()
  }

  @MessagePattern('late-rows')
  @Deadline(500)
  async *lateRows() {
    yield* this.tasks.rows(2)
    await this.tasks.untilAborted()
  }

  @MessagePattern('lost')
  lost() {
    return this.tasks.exit()
  }

  @MessagePattern('refused')
  refused() {
    return this.tasks.refuseMessage()
  }

  @MessagePattern('fail')
  fail() {
    return this.tasks.fail()
  }

  @MessagePattern('guarded')
  @UseGuards(LateGuard)
  guarded() {}
}

describe('a message over TCP', () => {
  let app: INestMicroservice
  let client: ClientProxy
  let log: ErrorLog
  const ids = (context: ExecutionContext) => context.switchToRpc().getData()?.id as string | undefined

  const start = async (options: BridgeModuleOptions = {}) => {
    const module = await Test.createTestingModule({
      imports: [
        BridgeModule.forRoot({
          pool: { maxThreads: 1, concurrencyPerThread: 100, killGrace: 5000 },
          messageId: ids,
          ...options
        })
      ],
      controllers: [Messages],
      providers: [
        WorkTasks,
        { provide: APP_INTERCEPTOR, useClass: BridgeInterceptor },
        { provide: APP_FILTER, useClass: BridgeExceptionFilter }
      ]
    }).compile()
    app = module.createNestMicroservice<MicroserviceOptions>({
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port: 0 }
    })
    log = new ErrorLog()
    app.useLogger(log)
    await app.listen()
    const server = app.unwrap<import('node:net').Server>()
    if (!server.listening) await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    client = ClientProxyFactory.create({ transport: Transport.TCP, options: { host: '127.0.0.1', port } })
    await client.connect()
    return app.get(WorkTasks)
  }
  const send = <T = unknown>(pattern: string, data: object = {}) =>
    firstValueFrom(client.send<T>(pattern, data))
  const failure = (pattern: string) =>
    send(pattern).then(
      value => expect.unreachable(`answered ${value}`),
      (error: unknown) => error
    )

  beforeEach(() => {
    event = latch()
  })
  afterEach(async () => {
    client.close()
    await app.close()
  })

  test('has the id of its payload in the worker, or a new one', async () => {
    await start()
    expect(await send('whoami', { id: 'm1' })).toMatchObject({ id: 'm1' })
    const { id } = await send<{ id: string }>('whoami')
    expect(id).toMatch(/^[\da-f]{8}-/)
    client.emit('told', { id: 'told' })
    expect(await event.opened).toBe('told')
  })

  test('gets a stream as answer item by item, in its context', async () => {
    await start()
    const rows = await lastValueFrom(client.send('rows', { id: 's' }).pipe(toArray()))
    expect(rows).toEqual([0, 1, 2].map(n => ({ n, id: 's' })))
    expect(await lastValueFrom(client.send('observable', {}).pipe(toArray()))).toEqual([1, 2])
  })

  test("has the module's deadline, unless it is skipped", async () => {
    await start({ deadline: HOUR })
    expect(await send('left')).toBeLessThanOrEqual(HOUR)
    expect(await send('skipped')).toBe('unlimited')
  })

  test('is answered for an error of a call by its code, without its message', async () => {
    await start()
    expect(await failure('late')).toEqual({
      status: 'error',
      code: 'GATEWAY_TIMEOUT',
      message: 'Gateway Timeout'
    })
    expect(await failure('lost')).toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    expect(await failure('guarded')).toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    expect(log.errors).toEqual([])
  })

  test('gets an error in the middle of a stream after its items', async () => {
    // The thread's start must not count towards the deadline.
    await (await start()).whoami()
    const items: unknown[] = []
    const failed = new Promise(resolve =>
      client.send('late-rows', {}).subscribe({ next: item => items.push(item), error: resolve })
    )
    expect(await failed).toMatchObject({ code: 'GATEWAY_TIMEOUT' })
    expect(items).toHaveLength(2)
  })

  test('is answered by the RpcException that a worker threw, and without details for another error', async () => {
    await start()
    expect(await failure('refused')).toEqual({ status: 'error', reason: 'no such account' })
    expect(await failure('fail')).toEqual({ status: 'error', message: 'Internal server error' })
    expect(log.errors).toMatchObject([{ message: 'broken in the worker' }])
  })

  test('is aborted when the client disconnects, and reports nothing', async () => {
    const tasks = await start()
    const answer = send('waiting').catch(() => {})
    expect(await event.opened).toBe(true)
    while ((await tasks.log()).opened === 0);
    client.close()
    await answer
    while ((await tasks.log()).aborted === 0);
    expect(log.errors).toEqual([])
  })

  test('ends its stream in the worker when the client disconnects', async () => {
    const tasks = await start()
    const first = latch<unknown>()
    client.send('endless', { id: 'left' }).subscribe({ next: first.open, error: () => {} })
    await first.opened
    client.close()
    for (;;) {
      const { closed, closedIn } = await tasks.log()
      if (closed === 0) continue
      expect(closedIn).toEqual(['left'])
      break
    }
  })

  test('together with many others attaches one listener to their connection, and removes it after them', async () => {
    const warnings: Error[] = []
    const onWarning = (warning: Error) => warnings.push(warning)
    process.on('warning', onWarning)
    await start()
    await Promise.all(Array.from({ length: 30 }, (_, n) => send('whoami', { id: `m${n}` })))
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
  })

  test("keeps the context that the module's options make", async () => {
    await start({ context: (context, id) => ({ id: `${context.getType()}/${id}` }) })
    expect(await send('whoami', { id: '7' })).toMatchObject({ id: 'rpc/7' })
    expect(requestContext.get()).toBeUndefined()
  })
})

/** A transport that passes its handlers only the message. */
class Direct extends Server implements CustomTransportStrategy {
  listen(callback: () => void) {
    callback()
  }

  close() {}

  on() {}

  unwrap(): never {
    throw new Error('There is nothing inside')
  }

  async ask(pattern: string, ...context: unknown[]): Promise<unknown> {
    return lastValueFrom(
      this.transformToObservable(await this.getHandlerByPattern(pattern)?.({}, ...context))
    )
  }
}

test.each([
  ['no context', []],
  ['an undefined context', [undefined]],
  ['a null context', [null]]
])('a message of a transport of its own with %s is handled', async (_, context) => {
  const module = await Test.createTestingModule({
    imports: [BridgeModule.forRoot({ executor: inline })],
    controllers: [Messages],
    providers: [WorkTasks, { provide: APP_INTERCEPTOR, useClass: BridgeInterceptor }]
  }).compile()
  const strategy = new Direct()
  const app = module.createNestMicroservice<MicroserviceOptions>({ strategy })
  await app.listen()
  onTestFinished(() => app.close())
  expect(await strategy.ask('left', ...context)).toBe('unlimited')
})
