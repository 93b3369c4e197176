import { Inject } from '@nestjs/common'
import { checkPoolName, getPoolToken } from './tokens.js'

/**
 * Injects the executor of `BridgeModule.forRoot()`, or of `forRoot(name)`: a pool, unless the module was given an executor
 * or a test overrides it.
 *
 * @throws InvalidArgumentError when the name is not a string, or empty.
 * @example
 * ```ts
 * class Status {
 *   constructor(@InjectPool('cpu') private readonly cpu: Pool) {}
 *
 *   queued() {
 *     return this.cpu.stats().queued
 *   }
 * }
 * ```
 */
export function InjectPool(name?: string): PropertyDecorator & ParameterDecorator {
  if (name !== undefined) checkPoolName('@InjectPool()', name)
  return Inject(getPoolToken(name))
}
