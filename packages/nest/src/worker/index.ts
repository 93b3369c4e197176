/**
 * For modules of tasks: the methods of providers as tasks, with an application context in each thread.
 * @module
 */

export {
  closeWorkerContexts,
  type MethodName,
  type ModuleContext,
  providerTasks,
  workerContext
} from './provider-tasks.js'
export type { ProviderClass, WorkerContextOptions, WorkerModule } from './worker-context.js'
