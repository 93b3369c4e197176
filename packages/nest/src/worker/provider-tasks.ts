import { InvalidArgumentError } from '@bridge/core'
import { checkFunction, checkOptions, hideFrames, refuse, shared } from '@bridge/core/internal'
import {
  closeAll,
  type ProviderClass,
  WorkerContext,
  type WorkerContextOptions,
  type WorkerModule
} from './worker-context.js'

hideFrames(import.meta.url)

declare const CONTEXT: unique symbol

/** What `workerContext` gives, for `providerTasks` to take in the place of a module. */
export interface ModuleContext {
  /** For types alone. */
  readonly [CONTEXT]: true
}

/** The names of the methods of a `T`. */
export type MethodName<T> = {
  [K in keyof T & string]: T[K] extends (...args: never[]) => unknown ? K : never
}[keyof T & string]

/** The contexts of the modules that were named by themselves: all their tasks on a thread share one. */
const contexts = shared('@bridge/nest/module-contexts', () => new WeakMap<WorkerModule, WorkerContext>())

/** The contexts by what stands for them, which the other copy of this package may have made. */
const made = shared('@bridge/nest/made-contexts', () => new WeakMap<object, WorkerContext>())

/**
 * Makes tasks of the methods of a provider, for a module of tasks to export: dependency injection in workers. The first call
 * on a thread starts an application context of `module` there, which all of that module's tasks on the thread share; it is
 * closed, and its shutdown hooks run, before the thread is ended in order, within the pool's `killGrace`. A context that
 * fails to start fails the calls that wait for it with its error, and is started anew by the next one.
 *
 * The methods may be synchronous, asynchronous or generators. A provider that is request-scoped or transient is made for
 * each call; `@Inject(REQUEST)` gives it what `requestContext` of `@bridge/context` holds.
 *
 * @param module a module of Nest, which must not import `BridgeModule` with a pool of its own; or what `workerContext` gives.
 * @param methods the methods, which are called as those of the provider.
 * @throws InvalidArgumentError when `module` or `provider` is no class, or `methods` are no names.
 * @example
 * ```ts
 * // reports.tasks.ts
 * export const { make, rows } = providerTasks(ReportsModule, Reports, 'make', 'rows')
 * ```
 */
export function providerTasks<T extends object, N extends MethodName<T>>(
  module: WorkerModule | ModuleContext,
  provider: ProviderClass<T>,
  ...methods: readonly N[]
): Pick<T, N> {
  const context = contextOf('providerTasks()', module)
  checkFunction('providerTasks()', 'provider', provider)
  if (methods.length === 0) {
    throw new InvalidArgumentError(`providerTasks(): name at least one method of ${provider.name}`)
  }
  for (const name of methods) {
    if (typeof name !== 'string') refuse('providerTasks()', 'methods must be names', name)
  }
  const tasks = methods.map(name => [name, taskOf(context, provider, name)] as const)
  return Object.fromEntries(tasks) as Pick<T, N>
}

/**
 * The application context of a module for `providerTasks`, with options. All that are given it share one context a thread.
 *
 * @throws InvalidArgumentError when `module` is no module or an option is unknown.
 * @example
 * ```ts
 * const reports = workerContext(ReportsModule, { logger: ['log', 'warn', 'error'] })
 * export const { make } = providerTasks(reports, Reports, 'make')
 * ```
 */
export function workerContext(module: WorkerModule, options: WorkerContextOptions = {}): ModuleContext {
  checkModule('workerContext()', module)
  checkOptions('workerContext()', options ?? null, ['logger'])
  const handle = {} as ModuleContext
  made.set(handle, new WorkerContext(module, options))
  return handle
}

/**
 * Closes the contexts that `providerTasks` has started on this thread, with their shutdown hooks: for unit tests, where the
 * executor is `inline` and no thread ends. A later call starts new ones.
 *
 * @throws whatever a shutdown hook throws.
 * @example
 * ```ts
 * afterAll(() => closeWorkerContexts())
 * ```
 */
export function closeWorkerContexts(): Promise<void> {
  return closeAll()
}

function contextOf(where: string, module: WorkerModule | ModuleContext): WorkerContext {
  const given = made.get(module)
  if (given !== undefined) return given
  checkModule(where, module)
  const known = contexts.get(module as WorkerModule)
  if (known !== undefined) return known
  const context = new WorkerContext(module as WorkerModule)
  contexts.set(module as WorkerModule, context)
  return context
}

function checkModule(where: string, module: unknown): void {
  const Module = typeof module === 'object' && module !== null && 'module' in module ? module.module : module
  if (typeof Module !== 'function') refuse(where, 'module must be a module of Nest', module)
}

function taskOf<T extends object, N extends MethodName<T>>(
  context: WorkerContext,
  provider: ProviderClass<T>,
  name: N
): T[N] {
  const task = (...args: unknown[]): unknown => {
    const found = context.provider(provider)
    return found instanceof Promise ? found.then(one => call(one, name, args)) : call(found, name, args)
  }
  return task as T[N]
}

function call(provider: object, name: string, args: readonly unknown[]): unknown {
  const method: unknown = (provider as Record<string, unknown>)[name]
  if (typeof method !== 'function') {
    refuse('providerTasks()', `${name} must be a method of ${provider.constructor.name}`, method)
  }
  return Reflect.apply(method, provider, args)
}
