import { defineTasks } from '@bridge/nest'

// #region shown: the class to inject
/** The functions of `flights.tasks.ts`, which run in the pool's workers. */
export class FlightTasks extends defineTasks<typeof import('./flights.tasks.js')>(
  new URL('./flights.tasks.js', import.meta.url)
) {}
// #endregion
