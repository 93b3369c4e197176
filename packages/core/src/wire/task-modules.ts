import { shared } from '../shared.js'

/**
 * The modules of tasks that this thread has loaded. Their exports are looked through for error classes when the first
 * error crosses after that: loading them costs nothing, and who never sends an error does not load what does it.
 */
export const taskModules = shared('@bridge/core/task-modules', () => ({
  loaded: new Map<string, object>(),
  /** Those that are not looked through yet. */
  unseen: [] as [url: string, module: object][]
}))

/** Makes the error classes that a module exports arrive on this thread as what they are. */
export function noteTaskModule(url: string, module: object): void {
  if (taskModules.loaded.get(url) === module) return
  taskModules.loaded.set(url, module)
  taskModules.unseen.push([url, module])
}
