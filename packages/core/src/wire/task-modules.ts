import { shared } from '../shared.js'

/**
 * The modules of tasks that this thread has loaded. Their exports are searched for error classes when the next error is
 * sent or received: loading a module then costs nothing, and a program without such errors never loads the code that
 * does it.
 */
export const taskModules = shared('@bridge/core/task-modules', () => ({
  loaded: new Map<string, object>(),
  /** Modules that have not been searched yet. */
  unseen: [] as [url: string, module: object][]
}))

/** Makes error classes that a module exports arrive on this thread as instances of them. */
export function addTaskModule(url: string, module: object): void {
  if (taskModules.loaded.get(url) === module) return
  taskModules.loaded.set(url, module)
  taskModules.unseen.push([url, module])
}
