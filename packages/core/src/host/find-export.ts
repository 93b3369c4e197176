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
  if (found !== undefined) {
    throw new TaskNotFoundError(`'${task.name}' of ${task.module} is not a function but ${typeof found}`)
  }
  const names = Object.entries(module).flatMap(([name, value]) => (typeof value === 'function' ? name : []))
  throw new TaskNotFoundError(
    `${task.module} exports no function '${task.name}'; it exports ${names.join(', ') || 'none'}`
  )
}

function own(holder: unknown, name: string): unknown {
  if ((typeof holder !== 'object' && typeof holder !== 'function') || holder === null) return undefined
  return Object.hasOwn(holder, name) ? (holder as Record<string, unknown>)[name] : undefined
}
