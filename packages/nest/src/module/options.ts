import type { RequestContext } from '@bridge/context'
import { type Executor, InvalidArgumentError } from '@bridge/core'
import { checkFunction, checkMilliseconds, checkOptions, refuse } from '@bridge/core/internal'
import type { PoolOptions } from '@bridge/pool'
import type { ExecutionContext, FactoryProvider, ModuleMetadata } from '@nestjs/common'

/** What `BridgeModule.forRoot` may be told. */
export interface BridgeModuleOptions {
  /** Options of the pool that the module creates, and closes when the application shuts down. */
  readonly pool?: PoolOptions
  /** An executor of your own in place of a new pool; the module does not close it. */
  readonly executor?: Executor
  /** Milliseconds that the calls of one request may take together; `@Deadline` overrides it. No limit if absent. */
  readonly deadline?: number
  /**
   * Milliseconds that the shutdown waits for the calls of the module's own pool; those that are left then fail. 10,000
   * unless set, `Infinity` for no limit.
   */
  readonly closeTimeout?: number
  /** Makes the request's context; by default `{ id }`, from the header `x-request-id` or new. */
  readonly context?: (context: ExecutionContext, id: string) => RequestContext
  /** Whether every module sees the executor without importing this one. `true` unless set. */
  readonly global?: boolean
}

/** What `BridgeModule.forRootAsync` is told: where the options come from. */
export interface BridgeModuleAsyncOptions {
  readonly imports?: ModuleMetadata['imports']
  readonly inject?: FactoryProvider['inject']
  /** Makes the options; its parameters are what `inject` lists. */
  readonly useFactory: (...args: never[]) => BridgeModuleOptions | Promise<BridgeModuleOptions>
  /** Whether every module sees the executor without importing this one. `true` unless set. */
  readonly global?: boolean
}

const KNOWN = ['pool', 'executor', 'deadline', 'closeTimeout', 'context', 'global'] as const

/** Refuses options that make no sense, with the bad one in the message. */
export function checkModuleOptions(where: string, options: BridgeModuleOptions): void {
  checkOptions(where, options ?? null, KNOWN)
  if (options.pool !== undefined && options.executor !== undefined) {
    throw new InvalidArgumentError(`${where}: give either pool or executor, not both`)
  }
  if (options.executor !== undefined && typeof options.executor.import !== 'function') {
    refuse(where, 'executor must be an Executor', options.executor)
  }
  if (options.deadline !== undefined) checkDeadline(where, options.deadline)
  checkMilliseconds(where, 'closeTimeout', options.closeTimeout)
  if (options.context !== undefined) checkFunction(where, 'context', options.context)
}

/** Refuses what is not a number of milliseconds above zero; `Infinity` is no limit. */
export function checkDeadline(where: string, value: number): void {
  if (typeof value !== 'number' || !(value > 0)) {
    refuse(where, 'the deadline must be a number of milliseconds above zero', value)
  }
}
