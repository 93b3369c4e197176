import { defineTasks } from '@bridge/nest'

/**
 * Work that may have to be ended by force, on a pool whose thread is ended soon. It is kept away from SQLite: native code
 * is not made to lose its thread in the middle of a query, and libsql's ends the process.
 */
export class StuckTasks extends defineTasks<typeof import('./stuck.tasks.js')>(
  new URL('./stuck.tasks.js', import.meta.url),
  { pool: 'stuck' }
) {}
