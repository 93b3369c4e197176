import { defineTasks } from '@bridge/nest'

type Service = typeof import('../tasks/service.tasks.js')

const url = new URL('../tasks/service.tasks.js', import.meta.url)

/** On the pool whose threads live. */
export class CalmTasks extends defineTasks<Service>(url) {}

/** On the pool whose threads end now and then. */
export class WildTasks extends defineTasks<Service>(url, { pool: 'wild' }) {}
