import { createPool, type Pool } from '@bridge/pool'
import { type BeforeApplicationShutdown, Injectable, type OnApplicationShutdown } from '@nestjs/common'
import { logThreads } from '../operations/thread-log.js'
import { refusePoolForTasks } from '../worker/starting-module.js'
import type { BridgePoolOptions } from './options.js'

/** How long, in milliseconds, calls under way have when the application shuts down, unless `drain` is set. */
const DRAIN = 10_000

/** Beyond it a timer would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1

/** Holds the pool that the module created, and closes it. An executor given by the application is not its own. */
@Injectable()
export class OwnPool implements BeforeApplicationShutdown, OnApplicationShutdown {
  #pool: Pool | undefined
  #drain = DRAIN
  /** When what is left has to be ended. */
  #ends = Infinity
  #timer: NodeJS.Timeout | undefined
  #stopLogging: (() => void) | undefined
  isClosing = false
  /** How many calls may wait. */
  maxQueue = Infinity

  create(options: BridgePoolOptions, name: string | undefined): Pool {
    refusePoolForTasks()
    this.#drain = options.shutdown?.drain ?? DRAIN
    this.maxQueue = options.pool?.maxQueue ?? Infinity
    const pool = createPool({ ...(name !== undefined && { name }), ...options.pool })
    this.#pool = pool
    this.#stopLogging = logThreads(pool.name, options.log ?? 'lost')
    return pool
  }

  // Nest closes the server next, and waits for the answers of all requests: those that wait for a call without end would
  // keep it from ever coming to the hook below.
  beforeApplicationShutdown(): void {
    this.isClosing = true
    if (this.#pool === undefined || this.#drain > LONGEST_TIMER) return
    // Nest 11 comes here for each `close()`.
    clearTimeout(this.#timer)
    this.#ends = performance.now() + this.#drain
    this.#timer = setTimeout(() => void this.#pool?.close({ drain: false }), this.#drain)
  }

  // The last of Nest's hooks: the server has been closed by then, and no request is under way.
  async onApplicationShutdown(): Promise<void> {
    const left = Math.max(0, this.#ends - performance.now())
    await this.#pool?.close({ timeout: left })
    clearTimeout(this.#timer)
    this.#stopLogging?.()
  }
}
