import { defineTasks } from '@bridge/nest'

/**
 * Work that may have to be stopped by force, on a pool that terminates its thread soon. It does not use SQLite: a thread must
 * not be terminated in the middle of native code, and with libsql that ends the process.
 */
export class StuckTasks extends defineTasks<typeof import('./stuck.tasks.js')>(
  new URL('./stuck.tasks.js', import.meta.url),
  { pool: 'stuck' }
) {}
