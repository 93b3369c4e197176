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

/** A class that a module provides, or that another class or a factory stands for. */
export type ProviderClass<T> = Type<T> | Abstract<T>

/** How a context is started for tasks. */
export interface WorkerContextOptions {
  /**
   * Nest's own logger in the threads: a service, the levels that it prints, or `false` for none. Errors and warnings
   * unless set, since a context is started in each thread. Where the executor is `inline`, the logger of the process stays
   * as it is unless this is set.
   */
  readonly logger?: LoggerService | LogLevel[] | false | undefined
}

const LOGGED: LogLevel[] = ['fatal', 'error', 'warn']

/** What tasks begin in: the context outlives the call that has it started. */
const root = new RootContext()

/** A started context, with what was asked of it. */
interface Started {
  readonly context: INestApplicationContext
  /** Those that were asked for; `undefined` stands for one that is made anew for each call. */
  readonly providers: Map<ProviderClass<object>, object | undefined>
}

/** All that were started on this thread and not closed; each copy of this package may have started some. */
const open = shared('@bridge/nest/worker-contexts', () => new Set<{ close(): Promise<void> }>())

/** The application context of one module on this thread, started by the first call that needs it. */
export class WorkerContext {
  readonly name: string
  readonly #module: WorkerModule
  readonly #options: WorkerContextOptions
  #started: Started | undefined
  #starting: Promise<Started> | undefined
  #forget: (() => void) | undefined

  constructor(module: WorkerModule, options: WorkerContextOptions = {}) {
    this.name = 'module' in module ? module.module.name : module.name
    this.#module = module
    this.#options = options
  }

  /**
   * The provider, for one call: a promise unless the context has been started and the provider is the only one of its
   * class. A context that fails to start rejects all that wait for it, and the next call starts it anew.
   */
  provider<T extends object>(provider: ProviderClass<T>): T | Promise<T> {
    if (this.#started !== undefined) return find(this.#started, provider)
    this.#starting ??= this.#start()
    return this.#starting.then(started => find(started, provider))
  }

  /** Closes the context, with the hooks of its shutdown. A later call starts another one. */
  async close(): Promise<void> {
    const starting = this.#starting
    this.#started = undefined
    this.#starting = undefined
    this.#leave()
    // One that failed to start has told its callers.
    const started = await starting?.catch(() => undefined)
    await started?.context.close()
  }

  #start(): Promise<Started> {
    this.#forget = beforeThreadEnd(`the application context of ${this.name}`, () => this.close())
    open.add(this)
    const starting = root
      .run(() => leaveScope(() => whileStarting(this.name, () => this.#create())))
      .then(
        started => {
          // One that was closed meanwhile is used by those that waited for it, and by no other.
          if (this.#starting === starting) this.#started = started
          return started
        },
        (error: unknown) => {
          if (this.#starting === starting) {
            this.#starting = undefined
            this.#leave()
          }
          throw error
        }
      )
    return starting
  }

  #leave(): void {
    open.delete(this)
    this.#forget?.()
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
    const only = scope === Scope.DEFAULT ? context.get(provider) : undefined
    providers.set(provider, only)
    if (only !== undefined) return only
  }
  const id = ContextIdFactory.create()
  context.registerRequestByContextId(requestContext.get(), id)
  return context.resolve(provider, id)
}
