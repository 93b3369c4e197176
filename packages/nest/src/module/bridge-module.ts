import type { Executor } from '@bridge/core'
import { createPool, type Pool } from '@bridge/pool'
import {
  type DynamicModule,
  type FactoryProvider,
  Injectable,
  Module,
  type OnApplicationShutdown,
  type Provider,
  type Type
} from '@nestjs/common'
import { BridgeInterceptor } from '../scope/interceptor.js'
import { refusePoolForTasks } from '../worker/starting-module.js'
import { type BridgeModuleAsyncOptions, type BridgeModuleOptions, checkModuleOptions } from './options.js'
import { BRIDGE_EXECUTOR, BRIDGE_OPTIONS } from './tokens.js'

/** How long, in milliseconds, the shutdown waits for calls unless `closeTimeout` is set. */
const CLOSE_TIMEOUT = 10_000

/** Holds the pool that the module created, and closes it. An executor given by the application is not its own. */
@Injectable()
class OwnPool implements OnApplicationShutdown {
  #pool: Pool | undefined
  #closeTimeout = CLOSE_TIMEOUT

  create(options: BridgeModuleOptions): Pool {
    refusePoolForTasks()
    this.#closeTimeout = options.closeTimeout ?? CLOSE_TIMEOUT
    this.#pool = createPool(options.pool)
    return this.#pool
  }

  // The last of Nest's hooks: the server has been closed by then, and no request is under way.
  async onApplicationShutdown(): Promise<void> {
    await this.#pool?.close({ timeout: this.#closeTimeout })
  }
}

const executorProvider: FactoryProvider<Executor> = {
  provide: BRIDGE_EXECUTOR,
  inject: [BRIDGE_OPTIONS, OwnPool],
  useFactory: (options: BridgeModuleOptions, own: OwnPool) => options.executor ?? own.create(options)
}

/**
 * Gives an application its executor: the classes of `defineTasks` run on it, and `BridgeInterceptor` finds its
 * options here. The pool that it creates starts no thread before the first call, and drains when the
 * application shuts down, for at most `closeTimeout`.
 *
 * @example
 * ```ts
 * @Module({
 *   imports: [BridgeModule.forRoot({ pool: { maxThreads: 4 }, deadline: 10_000 })],
 *   providers: [ImageTasks, { provide: APP_INTERCEPTOR, useClass: BridgeInterceptor }],
 *   controllers: [ImageController]
 * })
 * class AppModule {}
 * ```
 */
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: a module of Nest is a class
export class BridgeModule {
  /**
   * The module with these options.
   *
   * @throws InvalidArgumentError when an option makes no sense.
   * @example
   * ```ts
   * BridgeModule.forRoot({ deadline: 10_000 })
   * ```
   */
  static forRoot(options: BridgeModuleOptions = {}): DynamicModule {
    checkModuleOptions('BridgeModule.forRoot()', options)
    return rootModule({ provide: BRIDGE_OPTIONS, useValue: options }, options.global)
  }

  /**
   * The module with options that a factory makes, from other providers.
   *
   * @throws InvalidArgumentError at start-up, when an option makes no sense.
   * @example
   * ```ts
   * BridgeModule.forRootAsync({
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => ({ deadline: config.get('DEADLINE') })
   * })
   * ```
   */
  static forRootAsync(options: BridgeModuleAsyncOptions): DynamicModule {
    const make = options.useFactory as (
      ...args: unknown[]
    ) => BridgeModuleOptions | Promise<BridgeModuleOptions>
    const provider: Provider = {
      provide: BRIDGE_OPTIONS,
      inject: options.inject ?? [],
      useFactory: async (...args: unknown[]) => {
        const made = await make(...args)
        checkModuleOptions('BridgeModule.forRootAsync()', made)
        return made
      }
    }
    return { ...rootModule(provider, options.global), imports: options.imports ?? [] }
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

function rootModule(options: Provider, isGlobal = true): DynamicModule {
  return {
    module: BridgeModule,
    global: isGlobal,
    providers: [options, OwnPool, executorProvider, BridgeInterceptor],
    exports: [BRIDGE_OPTIONS, BRIDGE_EXECUTOR, BridgeInterceptor]
  }
}
