import type { Executor, Remote } from '@bridge/core'
import { hideFrames, refuse } from '@bridge/core/internal'
import { Inject, Injectable } from '@nestjs/common'
import { BRIDGE_EXECUTOR } from './tokens.js'

hideFrames(import.meta.url)

/** The class that `defineTasks` makes: its instances have the module's functions as methods that give calls. */
export type TasksClass<M extends object> = new (executor: Executor) => Remote<M>

/**
 * Makes a class of a module of tasks. Its subclass is an ordinary provider, injectable by its type; its methods
 * give calls on the executor of `BridgeModule`. Nothing is loaded before the first call.
 *
 * Methods that the subclass adds are found first, so that it can wrap those of the module.
 *
 * @throws InvalidArgumentError when `url` is neither a file URL nor an absolute path.
 * @example
 * ```ts
 * export class FlightTasks extends defineTasks<typeof import('./flights.tasks.js')>(
 *   new URL('./flights.tasks.js', import.meta.url)
 * ) {}
 *
 * @Module({ imports: [BridgeModule.forRoot()], providers: [FlightTasks], controllers: [FlightController] })
 * class AppModule {}
 * ```
 */
export function defineTasks<M extends object>(url: URL | string): TasksClass<M> {
  if (!(url instanceof URL) && typeof url !== 'string') {
    refuse(
      'defineTasks()',
      "url must be a URL or an absolute path, as in new URL('./tasks.js', import.meta.url)",
      url
    )
  }

  @Injectable()
  class Tasks {
    constructor(@Inject(BRIDGE_EXECUTOR) executor: Executor) {
      if (typeof executor?.import !== 'function') {
        refuse(`${new.target.name}`, 'executor must be an Executor', executor)
      }
      // biome-ignore lint/correctness/noConstructorReturn: the instance itself is the target, so that it keeps its class
      return new Proxy(this, new RemoteMethods(executor.import<M>(url)))
    }
  }
  return Tasks as unknown as TasksClass<M>
}

/** Finds on the remote module what the instance does not have itself. */
class RemoteMethods implements ProxyHandler<object> {
  readonly #remote: object

  constructor(remote: object) {
    this.#remote = remote
  }

  get(target: object, key: string | symbol, receiver: unknown): unknown {
    if (Reflect.has(target, key)) return Reflect.get(target, key, receiver)
    // The remote module answers `undefined` for `then`, Nest's lifecycle hooks, and every symbol.
    return Reflect.get(this.#remote, key)
  }
}
