import type { Executor } from '@bridge/core'
import type { Pool, PoolStats } from '@bridge/pool'
import type { ModulesContainer } from '@nestjs/core'
import { OwnPool } from '../module/own-pool.js'
import { poolNameOf } from '../module/tokens.js'

/** The executor of one `BridgeModule.forRoot`. */
export interface ApplicationPool {
  /** The name that was passed to `forRoot`; `undefined` for the default executor. */
  readonly name: string | undefined
  readonly executor: Executor
  /** Its statistics; `undefined` for an executor that is not a pool. */
  readonly stats: PoolStats | undefined
  /** Whether the application shuts down, so that the executor takes no more calls, now or soon. */
  readonly isClosing: boolean
  /** How many calls its queue takes. */
  readonly maxQueue: number
}

/** All executors of an application, with and without names. */
export class ApplicationPools {
  readonly #modules: ModulesContainer

  constructor(modules: ModulesContainer) {
    this.#modules = modules
  }

  get all(): ApplicationPool[] {
    return [...this.#modules.values()].flatMap(({ providers }) => {
      const own = providers.get(OwnPool)?.instance as OwnPool | undefined
      if (own === undefined) return []
      return [...providers]
        .filter(([token]) => poolNameOf(token) !== undefined)
        .map(([token, { instance }]) => lookAt(token, instance as Executor, own))
    })
  }

  /** The executor of that name, or the default one; `undefined` if there is none. */
  find(name: string | undefined): ApplicationPool | undefined {
    return this.all.find(pool => pool.name === name)
  }
}

function lookAt(token: unknown, executor: Executor, own: OwnPool): ApplicationPool {
  const { stats } = executor as Partial<Pool>
  return {
    name: poolNameOf(token)?.name,
    executor,
    stats: typeof stats === 'function' ? stats.call(executor) : undefined,
    isClosing: own.isClosing,
    maxQueue: own.maxQueue
  }
}
