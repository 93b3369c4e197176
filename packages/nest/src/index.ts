/**
 * bridge for NestJS: classes of tasks to inject, and an interceptor that gives every call its request.
 * @module
 */
export { WithBridge, type WithBridgeOptions } from './entry-points/with-bridge.js'
export { BridgeExceptionFilter } from './filter/exception-filter.js'
export type { IncomingRequest, RequestIdOption, RequestIdOptions } from './http/request-id.js'
export type { BridgeModuleAsyncOptions, BridgeOptionsFactory } from './module/async-options.js'
export { BridgeModule } from './module/bridge-module.js'
export { InjectPool } from './module/inject-pool.js'
export type { BridgeModuleOptions, BridgePoolOptions, ShutdownOptions } from './module/options.js'
export { BRIDGE_EXECUTOR, BRIDGE_OPTIONS, getPoolToken } from './module/tokens.js'
export { BridgeHealthIndicator, type HealthOptions, type PoolHealth } from './operations/health-indicator.js'
export type { Times } from './operations/histogram.js'
export { BridgeMetrics, type EndedCall, type TaskMetrics } from './operations/metrics.js'
export type { ThreadLog } from './operations/thread-log.js'
export { Deadline } from './scope/deadline.js'
export { ClientClosedRequestException, toHttpException } from './scope/errors.js'
export { BridgeInterceptor } from './scope/interceptor.js'
export { RequestSignal } from './scope/request-signal.js'
export { SkipBridge } from './scope/skip-bridge.js'
export { StreamAs, type StreamAsOptions, type StreamFormat } from './stream/stream-as.js'
export { type DefineTasksOptions, defineTasks, inlineTasks, type TasksClass } from './tasks/define-tasks.js'
