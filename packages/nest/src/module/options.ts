import type { RequestContext } from '@bridge/context'
import { type Executor, InvalidArgumentError } from '@bridge/core'
import { checkFunction, checkMilliseconds, checkOptions, refuse } from '@bridge/core/internal'
import type { PoolOptions } from '@bridge/pool'
import type { ExecutionContext } from '@nestjs/common'
import { checkRequestId, type RequestIdOption } from '../http/request-id.js'
import type { ThreadLog } from '../operations/thread-log.js'

/** Options of `BridgeModule.forRoot` for a pool, with a name or without. */
export interface BridgePoolOptions {
  /** Options of the pool that the module creates, and closes when the application shuts down. */
  readonly pool?: PoolOptions
  /** An executor of your own instead of a new pool; the module does not close it. */
  readonly executor?: Executor
  /** How the module's own pool is closed when the application shuts down. */
  readonly shutdown?: ShutdownOptions
  /**
   * Which threads of the module's own pool are logged by Nest's logger. `'lost'`, the default: those that were lost because
   * of a crash, of memory, or of a task that did not stop, as warnings. `'all'`: also starts and normal ends. `false`: none.
   */
  readonly log?: ThreadLog
  /** Whether every module sees the executor without importing this module. `true` by default. */
  readonly isGlobal?: boolean
}

/** How the module's own pool is closed. */
export interface ShutdownOptions {
  /**
   * Milliseconds that calls in flight have from the start of the shutdown; after that the remaining calls fail, and their
   * requests are answered with 503. 10,000 by default, `Infinity` for no limit.
   */
  readonly drain?: number
}

/** Options of `BridgeModule.forRoot`. */
export interface BridgeModuleOptions extends BridgePoolOptions {
  /** Milliseconds that the calls of one request may take together; `@Deadline` overrides it. No limit if absent. */
  readonly deadline?: number
  /** Makes the request's context; by default `{ id }`, with the id of the header `x-request-id` or a new one. */
  readonly context?: (context: ExecutionContext, id: string) => RequestContext
  /**
   * Opens the scope of an HTTP request before guards, pipes, interceptors and filters, so that all of them see its context
   * and its signal. `context` is then called twice: first without a class and a handler, because the route is not known.
   */
  readonly middleware?: boolean
  /** Where the id of an HTTP request comes from. By default: the header `x-request-id`, or a new id. */
  readonly requestId?: RequestIdOption
  /**
   * Returns the id of a message of a transport or a WebSocket, or of a GraphQL operation, from its metadata, its payload or
   * its connection. If it returns `undefined`, the id is that of the surrounding request, or a new one.
   */
  readonly messageId?: (context: ExecutionContext) => string | undefined
}

const OF_A_POOL = ['pool', 'executor', 'shutdown', 'log', 'isGlobal'] as const
const LOGS: readonly ThreadLog[] = ['lost', 'all', false]
const OF_REQUESTS = ['deadline', 'context', 'middleware', 'requestId', 'messageId'] as const

/** Throws if an option is invalid, with the bad value in the message. */
export function checkModuleOptions(where: string, options: BridgeModuleOptions): void {
  checkOptions(where, options ?? null, [...OF_A_POOL, ...OF_REQUESTS])
  checkPool(where, options)
  if (options.deadline !== undefined) checkDeadline(where, options.deadline)
  if (options.context !== undefined) checkFunction(where, 'context', options.context)
  if (options.middleware !== undefined && typeof options.middleware !== 'boolean') {
    refuse(where, 'middleware must be true or false', options.middleware)
  }
  if (options.requestId !== undefined) checkRequestId(where, options.requestId)
  if (options.messageId !== undefined) checkFunction(where, 'messageId', options.messageId)
}

/** The same for a pool that has a name. */
export function checkPoolOptions(where: string, options: BridgePoolOptions): void {
  const of = OF_REQUESTS.find(name => Object.hasOwn(options ?? {}, name))
  if (of !== undefined) {
    throw new InvalidArgumentError(
      `${where}: ${of} is an option for requests and not for a pool; pass it to BridgeModule.forRoot() without a name`
    )
  }
  checkOptions(where, options ?? null, OF_A_POOL)
  checkPool(where, options)
}

function checkPool(where: string, options: BridgePoolOptions): void {
  if (options.pool !== undefined && options.executor !== undefined) {
    throw new InvalidArgumentError(`${where}: pass either pool or executor, not both`)
  }
  if (options.executor !== undefined && typeof options.executor.import !== 'function') {
    refuse(where, 'executor must be an Executor', options.executor)
  }
  if (options.isGlobal !== undefined && typeof options.isGlobal !== 'boolean') {
    refuse(where, 'isGlobal must be true or false', options.isGlobal)
  }
  if (options.log !== undefined && !LOGS.includes(options.log)) {
    refuse(where, "log must be 'lost', 'all' or false", options.log)
  }
  if (options.shutdown === undefined) return
  checkOptions(`${where}, shutdown`, options.shutdown, ['drain'])
  checkMilliseconds(where, 'shutdown.drain', options.shutdown.drain)
}

/** Throws if the value is not a number of milliseconds above zero; `Infinity` means no limit. */
export function checkDeadline(where: string, value: number): void {
  if (typeof value !== 'number' || !(value > 0)) {
    refuse(where, 'the deadline must be a number of milliseconds above zero', value)
  }
}
