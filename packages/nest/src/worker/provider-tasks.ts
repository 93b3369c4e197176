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

/** Returned by `workerContext`; `providerTasks` takes it instead of a module. */
export interface ModuleContext {
  /** Only for types. */
  readonly [CONTEXT]: true
}

/** The names of the methods of a `T`. */
export type MethodName<T> = {
  [K in keyof T & string]: T[K] extends (...args: never[]) => unknown ? K : never
}[keyof T & string]

/** The contexts of modules that were passed directly: all tasks of a module on a thread share one. */
const contexts = shared('@bridge/nest/module-contexts', () => new WeakMap<WorkerModule, WorkerContext>())

/** The contexts by their handles, which the other copy of this package may have made. */
const made = shared('@bridge/nest/made-contexts', () => new WeakMap<object, WorkerContext>())

/**
 * Makes tasks of the methods of a provider, for a task module to export: dependency injection in workers. The first call on
 * a thread starts an application context of `module` there, which all of that module's tasks on the thread share. Before a
 * normal end of the thread the context is closed and its shutdown hooks run, within the pool's `killGrace`. If the context
 * fails to start, the calls that wait for it fail with its error, and the next call starts it again.
 *
 * The methods may be synchronous, asynchronous or generators. A request-scoped or transient provider is made for each call;
 * `@Inject(REQUEST)` injects the value of `requestContext` of `@bridge/context`.
 *
 * @param module a module of Nest, which must not import `BridgeModule` with a pool of its own; or the result of
 * `workerContext`.
 * @param methods the names of the methods; the tasks have the same names.
 * @throws InvalidArgumentError when `module` or `provider` is not a class, or `methods` are not names.
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
 * The application context of a module for `providerTasks`, with options. All `providerTasks` that get it share one context
 * on each thread.
 *
 * @throws InvalidArgumentError when `module` is not a module or an option is unknown.
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
