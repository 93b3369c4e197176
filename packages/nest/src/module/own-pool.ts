import { createPool, type Pool } from '@bridge/pool'
import { type BeforeApplicationShutdown, Injectable, type OnApplicationShutdown } from '@nestjs/common'
import { logThreads } from '../operations/thread-log.js'
import { refusePoolForTasks } from '../worker/starting-module.js'
import type { BridgePoolOptions } from './options.js'

/** Milliseconds that calls in flight have when the application shuts down, unless `drain` is set. */
const DRAIN = 10_000

/** With a longer delay a timer would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1

/** Holds the pool that the module has created, and closes it. An executor given by the application is not closed. */
@Injectable()
export class OwnPool implements BeforeApplicationShutdown, OnApplicationShutdown {
  #pool: Pool | undefined
  #drain = DRAIN
  /** When the remaining calls have to be stopped. */
  #ends = Infinity
  #timer: NodeJS.Timeout | undefined
  #stopLogging: (() => void) | undefined
  isClosing = false
  /** How many calls the queue takes. */
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

  // Nest closes the server next, and waits for the responses of all requests: a request that waits for an endless call
  // would keep Nest from ever calling the hook below.
  beforeApplicationShutdown(): void {
    this.isClosing = true
    if (this.#pool === undefined || this.#drain > LONGEST_TIMER) return
    // Nest 11 calls this for each `close()`.
    clearTimeout(this.#timer)
    this.#ends = performance.now() + this.#drain
    this.#timer = setTimeout(() => void this.#pool?.close({ drain: false }), this.#drain)
  }

  // The last of Nest's hooks: by then the server has been closed, and no request is in flight.
  async onApplicationShutdown(): Promise<void> {
    const left = Math.max(0, this.#ends - performance.now())
    await this.#pool?.close({ timeout: left })
    clearTimeout(this.#timer)
    this.#stopLogging?.()
  }
}
