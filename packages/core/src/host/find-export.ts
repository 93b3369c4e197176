import { addressed } from '../bridge/addressed.js'
import { TaskNotFoundError } from '../errors/errors.js'

type TaskFunction = (...args: never[]) => unknown

/** The function a task names, from the module's exports; a CommonJS module's may stand under `default`. */
export function findExport(module: object, task: { name: string; module: string | undefined }): TaskFunction {
  const found =
    addressed(task.module, task.name) ??
    own(module, task.name) ??
    own((module as { default?: unknown }).default, task.name)
  if (typeof found === 'function') return found as TaskFunction
  throw new TaskNotFoundError(
    `${task.module} exports no function '${task.name}'; it exports ${Object.keys(module).join(', ') || 'nothing'}`
  )
}

function own(holder: unknown, name: string): unknown {
  // What has no properties of its own, such as `undefined`, has none in a copy either.
  return Object.hasOwn(Object(holder) as object, name) ? (holder as Record<string, unknown>)[name] : undefined
}
