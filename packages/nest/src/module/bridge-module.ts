import {
  type DynamicModule,
  Inject,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  Optional,
  type Provider,
  type Type
} from '@nestjs/common'
import { RequestMiddleware } from '../http/middleware.js'
import { BridgeHealthIndicator } from '../operations/health-indicator.js'
import { BridgeInterceptor } from '../scope/interceptor.js'
import { asyncOptions, type BridgeModuleAsyncOptions } from './async-options.js'
import { executorProvider } from './executor-provider.js'
import {
  type BridgeModuleOptions,
  type BridgePoolOptions,
  checkModuleOptions,
  checkPoolOptions
} from './options.js'
import { OwnPool } from './own-pool.js'
import { BRIDGE_OPTIONS, checkPoolName, getPoolToken } from './tokens.js'

/**
 * Provides the application's executor, on which the classes of `defineTasks` run, and the options of `BridgeInterceptor`.
 * The pool that it creates starts no thread before the first call, and drains when the application shuts down, for at
 * most `shutdown.drain` milliseconds. With a name it provides an additional pool.
 *
 * @example
 * ```ts
 * @Module({
 *   imports: [
 *     BridgeModule.forRoot({ pool: { maxThreads: 4 }, deadline: 10_000 }),
 *     BridgeModule.forRoot('reports', { pool: { maxThreads: 1 } })
 *   ],
 *   providers: [ImageTasks, { provide: APP_INTERCEPTOR, useClass: BridgeInterceptor }],
 *   controllers: [ImageController]
 * })
 * class AppModule {}
 * ```
 */
@Module({})
export class BridgeModule implements NestModule {
  readonly #middleware: RequestMiddleware | undefined

  // Only `forRoot` provides it; a module of `forFeature` has none.
  constructor(@Optional() @Inject(RequestMiddleware) middleware?: RequestMiddleware) {
    this.#middleware = middleware
  }

  /** Called by Nest. */
  configure(consumer: MiddlewareConsumer): void {
    this.#middleware?.mount(consumer)
  }

  /**
   * The module with these options.
   *
   * @throws InvalidArgumentError when an option is invalid.
   * @example
   * ```ts
   * BridgeModule.forRoot({ deadline: 10_000 })
   * ```
   */
  static forRoot(options?: BridgeModuleOptions): DynamicModule
  /**
   * An additional pool, by its name: for `defineTasks(url, { pool: name })` and `@InjectPool(name)`.
   *
   * @throws InvalidArgumentError when the name is empty or an option is invalid.
   * @example
   * ```ts
   * BridgeModule.forRoot('reports', { pool: { maxThreads: 1 } })
   * ```
   */
  static forRoot(name: string, options?: BridgePoolOptions): DynamicModule
  static forRoot(...args: [BridgeModuleOptions?] | [string, BridgePoolOptions?]): DynamicModule {
    const [name, options = {}] = byName<BridgeModuleOptions>('BridgeModule.forRoot()', args)
    checked('BridgeModule.forRoot()', name)(options)
    return rootModule(name, [{ provide: optionsToken(name), useValue: options }], options.isGlobal)
  }

  /**
   * The module with options that another provider makes, or a factory that uses other providers.
   *
   * @throws InvalidArgumentError at start-up, when an option is invalid.
   * @example
   * ```ts
   * BridgeModule.forRootAsync({
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => ({ deadline: config.get('DEADLINE') })
   * })
   * ```
   */
  static forRootAsync(options: BridgeModuleAsyncOptions): DynamicModule
  /**
   * An additional pool, by its name, with options that are made in the same way.
   *
   * @throws InvalidArgumentError when the name is empty and, at start-up, when an option is invalid.
   * @example
   * ```ts
   * BridgeModule.forRootAsync('reports', { useClass: ReportsPool })
   * ```
   */
  static forRootAsync(name: string, options: BridgeModuleAsyncOptions<BridgePoolOptions>): DynamicModule
  static forRootAsync(
    ...args: [BridgeModuleAsyncOptions] | [string, BridgeModuleAsyncOptions<BridgePoolOptions>]
  ): DynamicModule {
    const where = 'BridgeModule.forRootAsync()'
    const [name, options] = byName<BridgeModuleAsyncOptions>(where, args)
    const providers = asyncOptions(
      where,
      options as BridgeModuleAsyncOptions,
      optionsToken(name),
      checked(where, name)
    )
    return { ...rootModule(name, providers, options?.isGlobal), imports: options?.imports ?? [] }
  }

  /**
   * Provides and exports classes of `defineTasks`, for several modules to share.
   *
   * @example
   * ```ts
   * @Module({ imports: [BridgeModule.forFeature([ImageTasks])], controllers: [ImageController] })
   * class ImageModule {}
   * ```
   */
  static forFeature(tasks: readonly Type<object>[]): DynamicModule {
    return { module: BridgeModule, providers: [...tasks], exports: [...tasks] }
  }
}

function byName<O>(
  where: string,
  args: readonly unknown[]
): [name: string | undefined, options: O | undefined] {
  const [first, second] = args
  if (typeof first !== 'string') return [undefined, first as O | undefined]
  checkPoolName(where, first)
  return [first, second as O | undefined]
}

function checked(where: string, name: string | undefined): (options: BridgeModuleOptions) => void {
  return name === undefined
    ? options => checkModuleOptions(where, options)
    : options => checkPoolOptions(where.replace('()', `('${name}')`), options)
}

function optionsToken(name: string | undefined): symbol {
  return name === undefined ? BRIDGE_OPTIONS : Symbol.for(`the options of BridgeModule.forRoot('${name}')`)
}

function rootModule(name: string | undefined, options: Provider[], isGlobal = true): DynamicModule {
  const providers = [...options, OwnPool, executorProvider(name, optionsToken(name))]
  const token = getPoolToken(name)
  if (name !== undefined) return { module: BridgeModule, global: isGlobal, providers, exports: [token] }
  return {
    module: BridgeModule,
    global: isGlobal,
    providers: [...providers, BridgeInterceptor, BridgeHealthIndicator, RequestMiddleware],
    exports: [BRIDGE_OPTIONS, token, BridgeInterceptor, BridgeHealthIndicator]
  }
}
