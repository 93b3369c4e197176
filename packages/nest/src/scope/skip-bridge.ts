import type { ExecutionContext } from '@nestjs/common'
import { Reflector } from '@nestjs/core'

// Named, so that the interceptor of the other copy of this package (CommonJS beside ESM) reads it.
const SkipMetadata = Reflector.createDecorator<boolean>({ key: '@bridge/nest/skip' })

/**
 * Has `BridgeInterceptor` leave a handler alone, or all of a class: its calls have no deadline and go on when the client
 * goes away, its errors and its streams are Nest's. Calls of guards, which run before, are bounded all the same, and the
 * context that a middleware has set stays.
 *
 * @param isSkipped `false` for a handler of a class that is skipped.
 * @example
 * ```ts
 * @Post('audit')
 * @SkipBridge()
 * audit() {
 *   void this.tasks.writeReport() // goes on after the answer
 * }
 * ```
 */
export function SkipBridge(isSkipped = true): MethodDecorator & ClassDecorator {
  return SkipMetadata(isSkipped)
}

/** Whether the handler is left alone; the handler's decorator goes before its class's. */
export function isSkipped(reflector: Reflector, context: ExecutionContext): boolean {
  return reflector.getAllAndOverride(SkipMetadata, [context.getHandler(), context.getClass()]) === true
}
