import { defineTasks } from '@bridge/nest'

type Service = typeof import('../tasks/service.tasks.js')

const url = new URL('../tasks/service.tasks.js', import.meta.url)

/** Tasks on the pool whose threads do not end. */
export class CalmTasks extends defineTasks<Service>(url) {}

/** Tasks on the pool whose threads end from time to time. */
export class WildTasks extends defineTasks<Service>(url, { pool: 'wild' }) {}
