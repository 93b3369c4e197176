import type { RequestContext } from '@bridge/context'
import { type Executor, InvalidArgumentError } from '@bridge/core'
import { checkFunction, checkMilliseconds, checkOptions, refuse } from '@bridge/core/internal'
import type { PoolOptions } from '@bridge/pool'
import type { ExecutionContext, FactoryProvider, ModuleMetadata } from '@nestjs/common'
import { checkRequestId, type RequestIdOption } from '../http/request-id.js'

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
  /**
   * Opens the scope of an HTTP request before guards, pipes, interceptors and filters, so that all of them see its context
   * and its signal. `context` is then called twice: first without a class and a handler, since the route is not known.
   */
  readonly middleware?: boolean
  /** Where the id of an HTTP request comes from: the header `x-request-id`, or it is new, unless set. */
  readonly requestId?: RequestIdOption
  /**
   * Finds the id of a message of a transport or a WebSocket, or of a GraphQL operation: in its metadata, its payload or
   * its connection. Where it gives none, the id is that of the surrounding request, or new.
   */
  readonly messageId?: (context: ExecutionContext) => string | undefined
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

const KNOWN = [
  'pool',
  'executor',
  'deadline',
  'closeTimeout',
  'context',
  'middleware',
  'requestId',
  'messageId',
  'global'
] as const

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
  if (options.middleware !== undefined && typeof options.middleware !== 'boolean') {
    refuse(where, 'middleware must be true or false', options.middleware)
  }
  if (options.requestId !== undefined) checkRequestId(where, options.requestId)
  if (options.messageId !== undefined) checkFunction(where, 'messageId', options.messageId)
}

/** Refuses what is not a number of milliseconds above zero; `Infinity` is no limit. */
export function checkDeadline(where: string, value: number): void {
  if (typeof value !== 'number' || !(value > 0)) {
    refuse(where, 'the deadline must be a number of milliseconds above zero', value)
  }
}
