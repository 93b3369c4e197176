import { checkMilliseconds, checkOptions, refuse } from '@bridge/core/internal'
import { Inject, Injectable } from '@nestjs/common'
import { ModulesContainer } from '@nestjs/core'
import { checkPoolName } from '../module/tokens.js'
import { type ApplicationPool, ApplicationPools } from './application-pools.js'

/** What `BridgeHealthIndicator` is asked. */
export interface HealthOptions {
  /** The pool's name, where it has one. */
  readonly pool?: string
  /** From so many waiting calls on the pool counts as down; as many as its queue takes unless set. */
  readonly maxQueued?: number
}

/** What is known of a pool. */
export interface PoolHealth {
  readonly status: 'up' | 'down'
  /** Why it is down. */
  readonly message?: string
  readonly threads?: number
  readonly running?: number
  readonly queued?: number
}

/**
 * Tells `@nestjs/terminus` how a pool is: it is down while the application shuts down, and when its queue is full. It is
 * provided by `BridgeModule.forRoot`.
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
   * Looks at a pool. No call is made for that.
   *
   * @param key what the result is called in the answer.
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
  // One whose queue takes nothing is full only in name.
  if (maxQueued > 0 && (stats?.queued ?? 0) >= maxQueued) {
    return { status: 'down', message: `${maxQueued} calls wait`, ...load }
  }
  return { status: 'up', ...load }
}
