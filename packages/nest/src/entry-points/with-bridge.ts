import { AsyncResource } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { types } from 'node:util'
import { type ContextSnapshot, type RequestContext, requestContext } from '@bridge/context'
import { runScope } from '@bridge/core'
import { checkFunction, checkOptions, copyNameAndLength, refuse } from '@bridge/core/internal'
import { Inject, Optional } from '@nestjs/common'
import { type BridgeModuleOptions, checkDeadline } from '../module/options.js'
import { BRIDGE_OPTIONS } from '../module/tokens.js'

/** Options of `@WithBridge`. */
export interface WithBridgeOptions<A extends unknown[]> {
  /** Milliseconds that the calls of one run may take together; by default the module's `deadline`; `Infinity` for no limit. */
  readonly deadline?: number
  /**
   * Makes the context of a run from the method's arguments: a request's context, or all contexts of a snapshot, such as
   * `job => restoreContext(job.data.context)`. If it is not set or returns `undefined`, the surrounding context is kept; if
   * there is none, the run gets a new id.
   */
  readonly context?: (...args: A) => RequestContext | ContextSnapshot | undefined
}

/** Key on the prototype of a decorated class, under which the other copy of this package finds its options, too. */
const OPTIONS: unique symbol = Symbol.for('@bridge/nest/with-bridge-options')

type Method<A extends unknown[]> = (...args: A) => unknown

/**
 * Runs a method of any provider in a scope, as `BridgeInterceptor` does for a handler: for `@Cron`, `@Interval`,
 * `@OnEvent`, processors of queues. Every call that the method makes, also in each step of a generator, inherits the
 * context and the deadline, which counts from the method's start. It may be above or below other decorators. Errors are
 * thrown as the calls throw them.
 *
 * @throws InvalidArgumentError when an option is invalid, or it does not decorate a method.
 * @example
 * ```ts
 * @Cron('0 3 * * *')
 * @WithBridge({ deadline: 60_000 })
 * async nightly() {
 *   await this.tasks.report()
 * }
 * ```
 */
export function WithBridge<A extends unknown[] = never[]>(
  options: WithBridgeOptions<A> = {}
): <F extends Method<A>>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<F>
) => void {
  checkOptions('@WithBridge()', options ?? null, ['deadline', 'context'])
  if (options.deadline !== undefined) checkDeadline('@WithBridge()', options.deadline)
  if (options.context !== undefined) checkFunction('@WithBridge()', 'context', options.context)
  return (target, _key, descriptor) => {
    const method: unknown = descriptor?.value
    if (typeof method !== 'function') refuse('@WithBridge()', 'it must decorate a method', method)
    // A static method has no instance that options could be injected into.
    if (typeof target !== 'function') injectOptions(target)
    const surrounded = surround(method as Method<A>, options)
    copyMetadata(method as object, surrounded)
    descriptor.value = surrounded as typeof descriptor.value
  }
}

function surround<A extends unknown[]>(method: Method<A>, options: WithBridgeOptions<A>): Method<A> {
  const surrounded = function (this: { readonly [OPTIONS]?: BridgeModuleOptions }, ...args: A): unknown {
    const deadline = options.deadline ?? this?.[OPTIONS]?.deadline
    const run = (): unknown => {
      const result: unknown = Reflect.apply(method, this, args)
      return types.isGeneratorObject(result) ? new BoundGenerator(result).generator : result
    }
    return inContext(options.context?.(...args), () =>
      deadline === undefined ? run() : runScope({ timeout: deadline }, run)
    )
  }
  return copyNameAndLength(method, surrounded as Method<A>)
}

function inContext(context: RequestContext | ContextSnapshot | undefined, run: () => unknown): unknown {
  if (context === undefined) {
    return requestContext.get() === undefined ? requestContext.run({ id: randomUUID() }, run) : run()
  }
  return 'run' in context && typeof context.run === 'function'
    ? (context as ContextSnapshot).run(run)
    : requestContext.run(context as RequestContext, run)
}

/** A generator whose every step runs in the async context of its call. */
class BoundGenerator {
  readonly generator: object
  readonly #inside = new AsyncResource('BridgeWithBridge')

  constructor(generator: Generator) {
    this.generator = Object.create(generator, {
      next: this.#bound(generator, generator.next),
      return: this.#bound(generator, generator.return),
      throw: this.#bound(generator, generator.throw)
    })
  }

  #bound(generator: object, step: (value: never) => unknown): PropertyDescriptor {
    const value = (...args: unknown[]): unknown =>
      this.#inside.runInAsyncScope(() => Reflect.apply(step, generator, args))
    return { value, configurable: true, writable: true }
  }
}

/** Each instance gets the options of the application that made it, or none if no module provides them. */
function injectOptions(target: object): void {
  if (OPTIONS in target) return
  Object.defineProperty(target, OPTIONS, {
    set(options: unknown) {
      Object.defineProperty(this, OPTIONS, { value: options, configurable: true })
    },
    configurable: true
  })
  Inject(BRIDGE_OPTIONS)(target, OPTIONS)
  Optional()(target, OPTIONS)
}

/** Metadata that decorators below have set on the method must also be on the method that replaces it. */
function copyMetadata(from: object, to: object): void {
  for (const key of Reflect.getOwnMetadataKeys(from)) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, from), to)
  }
}
