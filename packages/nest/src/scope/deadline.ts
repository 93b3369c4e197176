import type { ExecutionContext } from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import { checkDeadline } from '../module/options.js'

// With a fixed key, so that the interceptor of the other copy of this package (CommonJS beside ESM) reads it.
const DeadlineMetadata = Reflector.createDecorator<number>({ key: '@bridge/nest/deadline' })

/**
 * Limits the total time of the calls that a handler makes, from its start on: when the time is over, they fail with 504.
 * On a class it applies to all handlers. `Infinity` removes the module's deadline. Needs `BridgeInterceptor`.
 *
 * @param ms milliseconds, above zero.
 * @throws InvalidArgumentError when `ms` is not such a number.
 * @example
 * ```ts
 * @Get('report')
 * @Deadline(2000)
 * report() {
 *   return this.tasks.report()
 * }
 * ```
 */
export function Deadline(ms: number): MethodDecorator & ClassDecorator {
  checkDeadline('@Deadline()', ms)
  return DeadlineMetadata(ms)
}

/** The decorators' deadline in milliseconds, the handler's before its class's; `undefined` if there is none. */
export function decoratedDeadline(reflector: Reflector, context: ExecutionContext): number | undefined {
  return reflector.getAllAndOverride(DeadlineMetadata, [context.getHandler(), context.getClass()])
}
