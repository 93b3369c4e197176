import { once } from 'node:events'
import { currentSignal, timeLeft } from '@bridge/core'
import { BridgeExceptionFilter, BridgeInterceptor, BridgeModule, Deadline, RequestSignal } from '@bridge/nest'
import {
  type CanActivate,
  type ExecutionContext,
  type INestApplication,
  Injectable,
  UseFilters,
  UseGuards,
  UseInterceptors
} from '@nestjs/common'
import { ExpressAdapter } from '@nestjs/platform-express'
import { IoAdapter } from '@nestjs/platform-socket.io'
import { WsAdapter } from '@nestjs/platform-ws'
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
import { io } from 'socket.io-client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startApplication } from './support/application.js'
import { latch } from './support/latch.js'
import type { Server } from './support/server.js'
import { WorkTasks } from './support/work-tasks.js'

let signalled = latch<unknown>()

@Injectable()
class LosingGuard implements CanActivate {
  constructor(private readonly tasks: WorkTasks) {}

  canActivate(): Promise<boolean> {
    return this.tasks.exit()
  }
}

@WebSocketGateway()
@UseInterceptors(BridgeInterceptor)
@UseFilters(BridgeExceptionFilter)
class Gateway {
  constructor(private readonly tasks: WorkTasks) {}

  @SubscribeMessage('whoami')
  async whoami() {
    return { event: 'answer', data: { ...(await this.tasks.whoami()), left: timeLeft() } }
  }

  @SubscribeMessage('call')
  call(@MessageBody() { n }: { n: number }) {
    return this.tasks.doubled('answer', n)
  }

  @SubscribeMessage('rows')
  async *rows() {
    for await (const data of this.tasks.rows(3)) yield { event: 'answer', data }
  }

  @SubscribeMessage('stream')
  stream() {
    return this.tasks.events(2)
  }

  @SubscribeMessage('endless')
  async *endless() {
    for await (const data of this.tasks.silentAfterOne()) yield { event: 'answer', data }
  }

  @SubscribeMessage('waiting')
  waiting(@RequestSignal() signal: AbortSignal) {
    signalled.open(signal === currentSignal())
    return this.tasks.untilAborted()
  }

  @SubscribeMessage('late')
  @Deadline(20)
  late() {
    return this.tasks.untilAborted()
  }

  @SubscribeMessage('lost')
  lost() {
    return this.tasks.exit()
  }

  @SubscribeMessage('guarded')
  @UseGuards(LosingGuard)
  guarded() {}

  @SubscribeMessage('refused')
  refused() {
    return this.tasks.refuseSocket()
  }

  @SubscribeMessage('fail')
  fail() {
    return this.tasks.fail()
  }
}

/** A client of either library, whose messages are read from one queue. */
interface Client {
  readonly send: (event: string, data?: object) => void
  readonly next: () => Promise<{ event: string; data: unknown }>
  readonly leave: () => void
}

class Heard {
  readonly #arrived: { event: string; data: unknown }[] = []
  readonly #waiting: ((one: { event: string; data: unknown }) => void)[] = []

  push(one: { event: string; data: unknown }): void {
    const waiting = this.#waiting.shift()
    if (waiting === undefined) this.#arrived.push(one)
    else waiting(one)
  }

  readonly next = (): Promise<{ event: string; data: unknown }> => {
    const one = this.#arrived.shift()
    return one === undefined ? new Promise(resolve => this.#waiting.push(resolve)) : Promise.resolve(one)
  }
}

async function connectWs(url: string): Promise<Client> {
  const socket = new WebSocket(url.replace('http', 'ws'))
  const heard = new Heard()
  socket.on('message', data => heard.push(JSON.parse(String(data))))
  await once(socket, 'open')
  return {
    send: (event, data = {}) => socket.send(JSON.stringify({ event, data })),
    next: heard.next,
    leave: () => socket.terminate()
  }
}

async function connectIo(url: string): Promise<Client> {
  const socket = io(url, { transports: ['websocket'], reconnection: false })
  const heard = new Heard()
  socket.onAny((event, data) => heard.push({ event, data }))
  await new Promise<void>(resolve => socket.once('connect', resolve))
  return {
    send: (event, data = {}) => socket.emit(event, data),
    next: heard.next,
    leave: () => socket.disconnect()
  }
}

describe.each([
  ['ws', (app: INestApplication) => new WsAdapter(app), connectWs],
  ['socket.io', (app: INestApplication) => new IoAdapter(app), connectIo]
] as const)('a message over %s', (name, adapter, connect) => {
  let server: Server
  let client: Client
  let tasks: WorkTasks

  beforeEach(async () => {
    signalled = latch()
    server = await startApplication(
      {
        imports: [
          BridgeModule.forRoot({
            pool: { maxThreads: 1, concurrencyPerThread: 100, killGrace: 5000 },
            deadline: 3_600_000,
            messageId: (context: ExecutionContext) => context.switchToWs().getData()?.id
          })
        ],
        providers: [WorkTasks, Gateway]
      },
      new ExpressAdapter(),
      app => void app.useWebSocketAdapter(adapter(app))
    )
    client = await connect(server.url)
    tasks = server.app.get(WorkTasks)
    await tasks.whoami()
  })
  afterEach(async () => {
    client.leave()
    await server.app.close()
  })

  const ask = (event: string, data?: object) => {
    client.send(event, data)
    return client.next()
  }

  test("has the id of its payload in the worker, or a new one, and the module's deadline", async () => {
    const { event, data } = await ask('whoami', { id: 'w1' })
    expect(event).toBe('answer')
    expect(data).toMatchObject({ id: 'w1', left: expect.any(Number) })
    expect((await ask('whoami')).data).toMatchObject({ id: expect.stringMatching(/^[\da-f]{8}-/) })
  })

  test('is answered by a call, and by a stream item by item in its context', async () => {
    expect(await ask('call', { n: 21 })).toEqual({ event: 'answer', data: 42 })
    client.send('rows', { id: 's' })
    for (const n of [0, 1, 2]) expect(await client.next()).toEqual({ event: 'answer', data: { n, id: 's' } })
    client.send('stream', { id: 't' })
    for (const n of [0, 1]) expect(await client.next()).toEqual({ event: 'row', data: { n, id: 't' } })
  })

  test('is answered for an error of a call by its code, without its message', async () => {
    const exception = (code: string, message: string) => ({
      event: 'exception',
      data: { status: 'error', code, message }
    })
    expect(await ask('late')).toEqual(exception('GATEWAY_TIMEOUT', 'Gateway Timeout'))
    expect(await ask('lost')).toEqual(exception('SERVICE_UNAVAILABLE', 'Service Unavailable'))
    expect(await ask('guarded')).toEqual(exception('SERVICE_UNAVAILABLE', 'Service Unavailable'))
    expect(server.log.errors).toEqual([])
  })

  test('is answered by the WsException that a worker threw, and without details for another error', async () => {
    expect((await ask('refused')).data).toMatchObject({ status: 'error', message: 'no such room' })
    expect((await ask('fail')).data).toMatchObject({ status: 'error', message: 'Internal server error' })
    expect(server.log.errors).toMatchObject([{ message: 'broken in the worker' }])
  })

  test('is aborted when the client disconnects, and reports nothing', async () => {
    client.send('waiting')
    expect(await signalled.opened).toBe(true)
    while ((await tasks.log()).opened === 0);
    client.leave()
    while ((await tasks.log()).aborted === 0);
    expect(server.log.errors).toEqual([])
  })

  test('ends its stream in the worker when the client disconnects', async () => {
    await ask('endless', { id: `left ${name}` })
    client.leave()
    for (;;) {
      const { closed, closedIn } = await tasks.log()
      if (closed === 0) continue
      expect(closedIn).toEqual([`left ${name}`])
      break
    }
    expect(server.log.errors).toEqual([])
  })

  test('together with many others attaches one listener to their connection', async () => {
    const warnings: Error[] = []
    const onWarning = (warning: Error) => warnings.push(warning)
    process.on('warning', onWarning)
    for (let n = 0; n < 30; n++) client.send('whoami')
    for (let n = 0; n < 30; n++) await client.next()
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
  })
})
