import type { ExecutionContext } from '@nestjs/common'
import { Reflector } from '@nestjs/core'

// With a fixed key, so that the interceptor of the other copy of this package (CommonJS beside ESM) reads it.
const SkipMetadata = Reflector.createDecorator<boolean>({ key: '@bridge/nest/skip' })

/**
 * Makes `BridgeInterceptor` skip a handler, or all handlers of a class: its calls have no deadline and continue when the
 * client disconnects, and Nest handles its errors and streams. Calls of guards, which run before, still have limits, and
 * the context that a middleware has set is kept.
 *
 * @param isSkipped `false` for a handler of a class that is skipped.
 * @example
 * ```ts
 * @Post('audit')
 * @SkipBridge()
 * audit() {
 *   void this.tasks.writeReport() // continues after the response
 * }
 * ```
 */
export function SkipBridge(isSkipped = true): MethodDecorator & ClassDecorator {
  return SkipMetadata(isSkipped)
}

/** Whether the handler is skipped; its own decorator overrides that of its class. */
export function isSkipped(reflector: Reflector, context: ExecutionContext): boolean {
  return reflector.getAllAndOverride(SkipMetadata, [context.getHandler(), context.getClass()]) === true
}
