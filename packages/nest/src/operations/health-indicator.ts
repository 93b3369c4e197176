import { checkMilliseconds, checkOptions, refuse } from '@bridge/core/internal'
import { Inject, Injectable } from '@nestjs/common'
import { ModulesContainer } from '@nestjs/core'
import { checkPoolName } from '../module/tokens.js'
import { type ApplicationPool, ApplicationPools } from './application-pools.js'

/** Options of `BridgeHealthIndicator.check`. */
export interface HealthOptions {
  /** The pool's name, if it has one. */
  readonly pool?: string
  /** With this many queued calls or more the pool counts as down; by default as many as its queue takes. */
  readonly maxQueued?: number
}

/** The health of a pool. */
export interface PoolHealth {
  readonly status: 'up' | 'down'
  /** Why it is down. */
  readonly message?: string
  readonly threads?: number
  readonly running?: number
  readonly queued?: number
}

/**
 * Reports the health of a pool to `@nestjs/terminus`: it is down while the application shuts down, and when its queue is
 * full. `BridgeModule.forRoot` provides it.
 *
 * @example
 * ```ts
 * @Get('health')
 * @HealthCheck()
 * check() {
 *   return this.health.check([() => this.bridge.check('pool'), () => this.bridge.check('reports', { pool: 'reports' })])
 * }
 * ```
 */
@Injectable()
export class BridgeHealthIndicator {
  readonly #pools: ApplicationPools

  constructor(@Inject(ModulesContainer) modules: ModulesContainer) {
    this.#pools = new ApplicationPools(modules)
  }

  /**
   * Checks a pool, without making a call.
   *
   * @param key the name of the result in the response.
   * @throws InvalidArgumentError when there is no pool of that name, or an option is invalid.
   */
  check<K extends string>(key: K, options: HealthOptions = {}): Record<K, PoolHealth> {
    const where = 'BridgeHealthIndicator.check()'
    checkOptions(where, options ?? null, ['pool', 'maxQueued'])
    const { pool: name, maxQueued } = options
    if (name !== undefined) checkPoolName(where, name)
    checkMilliseconds(where, 'maxQueued', maxQueued)
    const pool = this.#pools.find(name)
    if (pool === undefined) refuse(where, 'pool must be the name of a BridgeModule.forRoot(name)', name)
    return { [key]: healthOf(pool, maxQueued) } as Record<K, PoolHealth>
  }
}

function healthOf({ stats, isClosing, maxQueue }: ApplicationPool, maxQueued = maxQueue): PoolHealth {
  const load = stats && { threads: stats.threads, running: stats.running, queued: stats.queued }
  if (isClosing) return { status: 'down', message: 'the application shuts down', ...load }
  // A pool without a queue would always count as full.
  if (maxQueued > 0 && (stats?.queued ?? 0) >= maxQueued) {
    return { status: 'down', message: `${maxQueued} calls wait`, ...load }
  }
  return { status: 'up', ...load }
}
