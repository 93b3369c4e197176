import { requestContext } from '@bridge/context'
import { beforeThreadEnd, isEndedInOrder, leaveScope, RootContext, shared } from '@bridge/core/internal'
import {
  type Abstract,
  type DynamicModule,
  type INestApplicationContext,
  type LoggerService,
  type LogLevel,
  Scope,
  type Type
} from '@nestjs/common'
import { ContextIdFactory, ModuleRef, NestFactory } from '@nestjs/core'
import { whileStarting } from './starting-module.js'

/** A module of Nest, as `imports` takes it. */
export type WorkerModule = Type<unknown> | DynamicModule

/** A class that is the token of a provider. */
export type ProviderClass<T> = Type<T> | Abstract<T>

/** How a context is started for tasks. */
export interface WorkerContextOptions {
  /**
   * Nest's own logger in the threads: a service, the levels that it prints, or `false` for none. By default errors and
   * warnings, because a context is started in each thread. With the executor `inline`, the logger of the process is changed
   * only if this is set.
   */
  readonly logger?: LoggerService | LogLevel[] | false | undefined
}

const LOGGED: LogLevel[] = ['fatal', 'error', 'warn']

/** The async context in which contexts are started, because they outlive the call that starts them. */
const root = new RootContext()

/** A started context, with the providers that were looked up in it. */
interface Started {
  readonly context: INestApplicationContext
  /** `undefined` means that the provider is made for each call. */
  readonly providers: Map<ProviderClass<object>, object | undefined>
}

/** All open contexts of this thread, of all copies of this package. */
const open = shared('@bridge/nest/worker-contexts', () => new Set<{ close(): Promise<void> }>())

/** The application context of one module on this thread, started by the first call that needs it. */
export class WorkerContext {
  readonly name: string
  readonly #module: WorkerModule
  readonly #options: WorkerContextOptions
  #started: Started | undefined
  #starting: Promise<Started> | undefined
  #removeEndHook: (() => void) | undefined

  constructor(module: WorkerModule, options: WorkerContextOptions = {}) {
    this.name = 'module' in module ? module.module.name : module.name
    this.#module = module
    this.#options = options
  }

  /**
   * The provider for one call: a promise, unless the context has been started and the provider is a singleton. If the
   * context fails to start, all calls that wait for it reject, and the next call starts it again.
   */
  provider<T extends object>(provider: ProviderClass<T>): T | Promise<T> {
    if (this.#started !== undefined) return find(this.#started, provider)
    this.#starting ??= this.#start()
    return this.#starting.then(started => find(started, provider))
  }

  /** Closes the context and runs its shutdown hooks. A later call starts another one. */
  async close(): Promise<void> {
    const starting = this.#starting
    this.#started = undefined
    this.#starting = undefined
    this.#unregister()
    // If it failed to start, its callers have got the error.
    const started = await starting?.catch(() => undefined)
    await started?.context.close()
  }

  #start(): Promise<Started> {
    this.#removeEndHook = beforeThreadEnd(`the application context of ${this.name}`, () => this.close())
    open.add(this)
    const starting = root
      .run(() => leaveScope(() => whileStarting(this.name, () => this.#create())))
      .then(
        started => {
          // If it was closed in the meantime, only the calls that waited for it use it.
          if (this.#starting === starting) this.#started = started
          return started
        },
        (error: unknown) => {
          if (this.#starting === starting) {
            this.#starting = undefined
            this.#unregister()
          }
          throw error
        }
      )
    return starting
  }

  #unregister(): void {
    open.delete(this)
    this.#removeEndHook?.()
  }

  async #create(): Promise<Started> {
    const logger = this.#options.logger ?? (isEndedInOrder() ? LOGGED : undefined)
    const context = await NestFactory.createApplicationContext(this.#module, {
      // Otherwise Nest would end the process.
      abortOnError: false,
      ...(logger === undefined ? {} : { logger })
    })
    return { context, providers: new Map() }
  }
}

/** Closes the contexts of all modules on this thread. */
export async function closeAll(): Promise<void> {
  await Promise.all([...open].map(context => context.close()))
}

function find<T extends object>({ context, providers }: Started, provider: ProviderClass<T>): T | Promise<T> {
  const known = providers.get(provider)
  if (known !== undefined) return known as T
  if (!providers.has(provider)) {
    const { scope } = context.get(ModuleRef).introspect(provider as Type<T>)
    const singleton = scope === Scope.DEFAULT ? context.get(provider) : undefined
    providers.set(provider, singleton)
    if (singleton !== undefined) return singleton
  }
  const id = ContextIdFactory.create()
  context.registerRequestByContextId(requestContext.get(), id)
  return context.resolve(provider, id)
}
