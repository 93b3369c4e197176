/**
 * bridge for NestJS: classes of tasks to inject, and an interceptor that gives every call its request.
 * @module
 */

export { WithBridge, type WithBridgeOptions } from './entry-points/with-bridge.js'
export { BridgeExceptionFilter } from './filter/exception-filter.js'
export type { IncomingRequest, RequestIdOption, RequestIdOptions } from './http/request-id.js'
export { BridgeModule } from './module/bridge-module.js'
export type { BridgeModuleAsyncOptions, BridgeModuleOptions } from './module/options.js'
export { BRIDGE_EXECUTOR, BRIDGE_OPTIONS } from './module/tokens.js'
export { Deadline } from './scope/deadline.js'
export { ClientClosedRequestException, toHttpException } from './scope/errors.js'
export { BridgeInterceptor } from './scope/interceptor.js'
export { RequestSignal } from './scope/request-signal.js'
export { SkipBridge } from './scope/skip-bridge.js'
export { type DefineTasksOptions, defineTasks, inlineTasks, type TasksClass } from './tasks/define-tasks.js'
