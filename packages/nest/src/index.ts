/**
 * bridge for NestJS: classes of tasks to inject, and an interceptor that gives every call its request.
 * @module
 */
export { Deadline } from './deadline.js'
export { type DefineTasksOptions, defineTasks, inlineTasks, type TasksClass } from './define-tasks.js'
export { ClientClosedRequestException, toHttpException } from './errors.js'
export { BridgeInterceptor } from './interceptor.js'
export { BridgeModule } from './module.js'
export type { BridgeModuleAsyncOptions, BridgeModuleOptions } from './options.js'
export { BRIDGE_EXECUTOR, BRIDGE_OPTIONS } from './tokens.js'
