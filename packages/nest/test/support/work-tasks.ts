import { defineTasks } from '@bridge/nest'

export class WorkTasks extends defineTasks<typeof import('../fixtures/work.tasks.mjs')>(
  new URL('../fixtures/work.tasks.mjs', import.meta.url)
) {
  /** An own method of the class, beside those of the module. */
  quadruple(n: number): Promise<number> {
    return this.double(n).then(twice => this.double(twice))
  }
}
