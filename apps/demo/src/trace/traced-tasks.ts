import { defineTasks } from '@bridge/nest'

/** On a pool of one thread, which keeps its spans until they are taken. */
export class TracedTasks extends defineTasks<typeof import('./traced.tasks.js')>(
  new URL('./traced.tasks.js', import.meta.url),
  { pool: 'traced' }
) {}
