import { type AddressInfo } from 'node:net'
import { BridgeInterceptor, BridgeModule, type BridgeModuleOptions } from '@bridge/nest'
import { ConsoleLogger, type INestApplication, type NestInterceptor, type Type } from '@nestjs/common'
import { type AbstractHttpAdapter, APP_INTERCEPTOR } from '@nestjs/core'
import { Test, type TestingModuleBuilder } from '@nestjs/testing'
import { WorkController } from './work-controller.js'
import { WorkTasks } from './work-tasks.js'

/** Keeps the errors that an application logs. */
export class ErrorLog extends ConsoleLogger {
  readonly errors: unknown[] = []

  constructor() {
    super({ logLevels: ['error', 'fatal'] })
  }

  override error(...parts: unknown[]): void {
    this.errors.push(parts[0])
  }
}

export interface ServerOptions {
  readonly bridge?: BridgeModuleOptions | undefined
  readonly controllers?: Type<unknown>[]
  /** Whether the interceptor is mounted for the whole application. */
  readonly isGlobal?: boolean
  /** Interceptors around `BridgeInterceptor`. */
  readonly outer?: readonly NestInterceptor[]
  readonly change?: (builder: TestingModuleBuilder) => TestingModuleBuilder
}

export interface Server {
  readonly app: INestApplication
  readonly url: string
  readonly log: ErrorLog
}

/** Starts an application with the tests' controllers on a free port. */
export async function startServer(
  adapter: AbstractHttpAdapter,
  options: ServerOptions = {}
): Promise<Server> {
  const {
    bridge = { pool: { maxThreads: 1, concurrencyPerThread: 100, killGrace: 5000 } },
    controllers = [WorkController],
    isGlobal = true,
    outer = [],
    change
  } = options
  const builder = Test.createTestingModule({
    imports: [BridgeModule.forRoot(bridge)],
    controllers,
    providers: [
      WorkTasks,
      ...outer.map(useValue => ({ provide: APP_INTERCEPTOR, useValue })),
      ...(isGlobal ? [{ provide: APP_INTERCEPTOR, useClass: BridgeInterceptor }] : [])
    ]
  })
  const module = await (change?.(builder) ?? builder).compile()
  const log = new ErrorLog()
  const app = module.createNestApplication(adapter, { forceCloseConnections: true })
  app.useLogger(log)
  await app.listen(0, '127.0.0.1')
  const { port } = app.getHttpServer().address() as AddressInfo
  return { app, url: `http://127.0.0.1:${port}`, log }
}
