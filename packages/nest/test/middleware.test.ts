import { once } from 'node:events'
import { type RequestContext, requestContext } from '@bridge/context'
import { currentSignal, InvalidArgumentError, inline, timeLeft } from '@bridge/core'
import {
  BridgeInterceptor,
  BridgeModule,
  type BridgeModuleOptions,
  Deadline,
  RequestSignal,
  SkipBridge
} from '@bridge/nest'
import {
  type ArgumentsHost,
  Body,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  HttpException,
  Injectable,
  Module,
  type NestInterceptor,
  NotFoundException,
  type PipeTransform,
  Post,
  Query,
  type Type,
  UseGuards
} from '@nestjs/common'
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core'
import { tap } from 'rxjs'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { platforms, startApplication } from './support/application.js'
import type { Server } from './support/server.js'
import { WorkTasks } from './support/work-tasks.js'

declare module '@bridge/context' {
  interface RequestContext {
    user?: string | undefined
  }
}

const HOUR = 3_600_000

/** Code of every kind logs here which request it saw, and how much time that had. */
const seen: Record<string, unknown> = {}
const note = (where: string): void => {
  seen[where] = requestContext.get()?.id
}

@Injectable()
class NotingGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    note('guard')
    seen.guardLeft = timeLeft()
    context.switchToHttp().getRequest().user = 'known by the guard'
    return true
  }
}

@Injectable()
class NotingPipe implements PipeTransform {
  transform(value: unknown): unknown {
    note('pipe')
    return value
  }
}

@Injectable()
class NotingInterceptor implements NestInterceptor {
  intercept(_: ExecutionContext, next: Parameters<NestInterceptor['intercept']>[1]) {
    note('interceptor')
    return next.handle().pipe(tap(() => note('interceptor after')))
  }
}

@Catch(HttpException)
class NotingFilter implements ExceptionFilter {
  catch(exception: HttpException, host: ArgumentsHost): void {
    note('filter')
    seen.caught = exception.getStatus()
    seen.filterLeft = timeLeft()
    const reply = host.switchToHttp().getResponse()
    reply.status(exception.getStatus()).send({ filtered: exception.getStatus() })
  }
}

@Injectable()
class CallingGuard implements CanActivate {
  constructor(private readonly tasks: WorkTasks) {}

  async canActivate(): Promise<boolean> {
    return this.tasks.untilAborted()
  }
}

@Injectable()
class LosingGuard implements CanActivate {
  constructor(private readonly tasks: WorkTasks) {}

  async canActivate(): Promise<boolean> {
    return this.tasks.exit()
  }
}

@Controller()
class Routes {
  constructor(private readonly tasks: WorkTasks) {}

  @Get('seen')
  seen(@Query('q', NotingPipe) _q: string) {
    note('handler')
    return this.tasks.whoami()
  }

  @Post('posted')
  posted(@Body() body: object) {
    return { body, id: requestContext.get()?.id }
  }

  @Get('missing')
  @Deadline(HOUR)
  missing() {
    throw new NotFoundException()
  }

  @Get('left')
  left() {
    return { left: timeLeft() }
  }

  @Get('long')
  @Deadline(HOUR)
  long() {
    return { left: timeLeft() }
  }

  @Get('unlimited')
  @Deadline(Number.POSITIVE_INFINITY)
  unlimited() {
    return { left: timeLeft() ?? 'unlimited' }
  }

  @Get('skipped')
  @SkipBridge()
  skipped() {
    return {
      left: timeLeft() ?? 'unlimited',
      signal: currentSignal() ?? 'none',
      id: requestContext.get()?.id
    }
  }

  @Get('user')
  user() {
    return { user: requestContext.get()?.user }
  }

  @Get('signal')
  async signal(@RequestSignal() signal: AbortSignal) {
    seen.signal = signal
    seen.isCurrent = signal === currentSignal()
    await once(signal, 'abort')
  }

  @Get('guarded')
  @UseGuards(CallingGuard)
  guarded() {}

  @Get('lost')
  @UseGuards(LosingGuard)
  lost() {}

  @Get('lost-in-handler')
  lostInHandler() {
    return this.tasks.exit()
  }
}

describe.each(platforms)('the middleware on %s', (platform, adapter) => {
  let server: Server | undefined
  afterEach(async () => {
    await server?.app.close()
    for (const key of Object.keys(seen)) delete seen[key]
  })

  const start = async (
    options: BridgeModuleOptions = {},
    { filters = [NotingFilter] as Type[], prefix = undefined as string | undefined, feature = false } = {}
  ) => {
    @Module({ imports: [BridgeModule.forFeature([WorkTasks])] })
    class Feature {}
    server = await startApplication(
      {
        imports: [
          BridgeModule.forRoot({
            ...(options.executor === undefined && {
              pool: { maxThreads: 1, concurrencyPerThread: 100, killGrace: 5000 }
            }),
            middleware: true,
            ...options
          }),
          ...(feature ? [Feature] : [])
        ],
        controllers: [Routes],
        providers: [
          WorkTasks,
          { provide: APP_GUARD, useClass: NotingGuard },
          { provide: APP_INTERCEPTOR, useClass: NotingInterceptor },
          { provide: APP_INTERCEPTOR, useClass: BridgeInterceptor },
          ...filters.map(useClass => ({ provide: APP_FILTER, useClass }))
        ]
      },
      adapter(),
      app => {
        if (prefix !== undefined) app.setGlobalPrefix(prefix)
      }
    )
    return server
  }
  const get = (path: string, init?: RequestInit) => fetch(`${server?.url}${path}`, init)
  const json = async (path: string, init?: RequestInit) => (await get(path, init)).json()
  const as = (id: string) => ({ headers: { 'x-request-id': id } })

  test('shows the request to guards, pipes, interceptors and the handler', async () => {
    await start()
    expect(await json('/seen?q=1', as('r1'))).toMatchObject({ id: 'r1' })
    expect(seen).toMatchObject({
      guard: 'r1',
      pipe: 'r1',
      interceptor: 'r1',
      handler: 'r1',
      'interceptor after': 'r1'
    })
  })

  test('shows the request after a body was parsed, and under a global prefix', async () => {
    await start({}, { prefix: 'api' })
    const headers = { 'content-type': 'application/json', 'x-request-id': 'p' }
    const posted = await json('/api/posted', { method: 'POST', body: '{"n":1}', headers })
    expect(posted).toEqual({ body: { n: 1 }, id: 'p' })
    expect(seen.guard).toBe('p')
  })

  test('shows the request to filters, also for a path without a route', async () => {
    await start()
    expect(await json('/nowhere', as('n'))).toEqual({ filtered: 404 })
    expect(seen.filter).toBe('n')
  })

  test("gives guards the module's deadline, and the handler its own instead", async () => {
    await start({ deadline: HOUR / 2 })
    const { left } = (await json('/left')) as { left: number }
    expect(left).toBeLessThanOrEqual(HOUR / 2)
    expect(((await json('/long')) as { left: number }).left).toBeGreaterThan(HOUR / 2)
    expect(seen.guardLeft).toBeLessThanOrEqual(HOUR / 2)
    expect(await json('/unlimited')).toEqual({ left: 'unlimited' })
  })

  test("gives filters the time left of the handler's deadline", async () => {
    await start({ deadline: HOUR / 2 })
    expect((await get('/missing')).status).toBe(404)
    expect(seen.filterLeft).toBeGreaterThan(HOUR / 2)
  })

  test('gives a skipped handler only its context', async () => {
    await start({ deadline: HOUR })
    expect(await json('/skipped', as('s'))).toEqual({ left: 'unlimited', signal: 'none', id: 's' })
  })

  test('makes the context again before the handler, after the guards', async () => {
    const calls: unknown[] = []
    const context = (execution: ExecutionContext, id: string): RequestContext => {
      calls.push(execution.getHandler()?.name)
      return { id, user: execution.switchToHttp().getRequest().user }
    }
    await start({ context }, { feature: true })
    expect(await json('/user')).toEqual({ user: 'known by the guard' })
    expect(calls).toEqual([undefined, 'user'])
  })

  test("aborts a guard's call when the client disconnects, and reports nothing", async () => {
    const { app, log } = await start({}, { filters: [] })
    const tasks = app.get(WorkTasks)
    const leaving = new AbortController()
    const response = get('/guarded', { signal: leaving.signal })
    while ((await tasks.log()).opened === 0);
    leaving.abort()
    await expect(response).rejects.toThrow()
    while ((await tasks.log()).aborted === 0);
    expect(log.errors).toEqual([])
  })

  test("answers a guard's call that is late with 504, by the application's filter if there is one", async () => {
    await start({ deadline: 100 })
    await server?.app.get(WorkTasks).whoami()
    expect(await json('/guarded')).toEqual({ filtered: 504 })
  })

  test("answers a guard's call whose worker was lost with 503 and Retry-After, by Nest's filter", async () => {
    await start({}, { filters: [] })
    for (const path of ['/lost', '/lost-in-handler']) {
      const response = await get(path)
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
      expect(await response.json()).toEqual({ message: 'Service Unavailable', statusCode: 503 })
    }
  })

  test('gives a handler the signal that aborts when the client disconnects', async () => {
    await start({ executor: inline })
    const leaving = new AbortController()
    const response = get('/signal', { signal: leaving.signal })
    await vi.waitUntil(() => seen.signal)
    expect(seen.isCurrent).toBe(true)
    leaving.abort()
    await expect(response).rejects.toThrow()
    await vi.waitUntil(() => (seen.signal as AbortSignal).aborted)
  })

  test('takes the id from another header, or makes it, and echoes it', async () => {
    const requestId = { header: 'X-Correlation-Id', generate: () => 'made', echo: true }
    await start({ executor: inline, requestId })
    const given = await get('/seen?q=1', { headers: { 'x-correlation-id': 'c', 'x-request-id': 'other' } })
    expect([given.headers.get('x-correlation-id'), ((await given.json()) as { id: string }).id]).toEqual([
      'c',
      'c'
    ])
    const made = await get('/seen?q=1')
    expect([made.headers.get('x-correlation-id'), ((await made.json()) as { id: string }).id]).toEqual([
      'made',
      'made'
    ])
  })

  test('takes the id that a function returns, or makes one if it returns none', async () => {
    await start({ executor: inline, requestId: request => request.headers['x-trace'] ?? request.id })
    expect(await json('/seen?q=1', { headers: { 'x-trace': 't' } })).toMatchObject({ id: 't' })
    const { id } = (await json('/seen?q=1')) as { id: string }
    expect(id).toMatch(platform === 'Fastify' ? /^req-/ : /^[\da-f]{8}-/)
  })

  test('is mounted by options that a factory returns', async () => {
    server = await startApplication(
      {
        imports: [
          BridgeModule.forRootAsync({ useFactory: async () => ({ executor: inline, middleware: true }) })
        ],
        controllers: [Routes],
        providers: [WorkTasks, { provide: APP_GUARD, useClass: NotingGuard }]
      },
      adapter()
    )
    await get('/left', as('async'))
    expect(seen.guard).toBe('async')
  })

  test('is not mounted unless the options ask for it', async () => {
    await start({ executor: inline, middleware: false })
    await get('/left', as('none'))
    expect(seen).toMatchObject({ guard: undefined, interceptor: undefined })
  })
})

test.each([
  ['a middleware that is neither true nor false', { middleware: 'yes' }],
  ['a header that is none', { requestId: { header: 'x request' } }],
  ['an unknown option of the id', { requestId: { heder: 'x-id' } }],
  ['a generator of ids that is no function', { requestId: { generate: 'uuid' } }],
  ['an echo that is neither true nor false', { requestId: { echo: 1 } }],
  ['a messageId that is no function', { messageId: 'id' }]
])('BridgeModule refuses %s', (_, options) => {
  expect(() => BridgeModule.forRoot(options as never)).toThrow(InvalidArgumentError)
})
