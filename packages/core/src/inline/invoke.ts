import type { Use } from '../dispatch.js'
import type { Task } from '../executor/executor.js'
import type { Enter } from '../stream/local-source.js'
import { adaptResult } from './kind-of-result.js'

export type TaskFunction = (...args: never[]) => unknown

/** Calls a task's function on this thread and adapts its result to how it is consumed; `enter` surrounds the call. */
export function invoke(task: Task, fn: TaskFunction, use: Use, enter?: Enter): unknown {
  const crosses = task.fn === undefined || task.module !== undefined
  const isImported = task.fn === undefined && (task.operation === undefined || task.operation === 'method')
  // A returned call or query starts only when its `then` is called, which must happen inside `enter` too.
  const call = (): unknown =>
    adaptResult(task.name, Reflect.apply(fn, task.receiver, task.args), use, enter, crosses, isImported)
  return enter === undefined ? call() : enter(call)
}
