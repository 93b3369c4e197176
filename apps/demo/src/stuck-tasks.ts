import { defineTasks } from '@bridge/nest'
import { createPool, type Pool } from '@bridge/pool'
import { Injectable, type OnApplicationShutdown } from '@nestjs/common'

class StuckTasks extends defineTasks<typeof import('./stuck.tasks.js')>(
  new URL('./stuck.tasks.js', import.meta.url)
) {}

/**
 * Work that may have to be ended by force, on a thread of its own that is ended soon. It is kept away from
 * SQLite: native code is not made to lose its thread in the middle of a query, and libsql's ends the process.
 */
@Injectable()
export class StuckWork implements OnApplicationShutdown {
  readonly #pool: Pool = createPool({ name: 'stuck', maxThreads: 1, killGrace: 20 })
  readonly tasks = new StuckTasks(this.#pool)

  onApplicationShutdown(): Promise<void> {
    return this.#pool.close()
  }
}
