import { isThenable } from '../kind.js'
import { isMainThread } from '../node.js'
import { keptOf } from '../object/kept-classes.js'
import { adopt } from '../promise.js'
import { refuseEntryModule } from './entry-module.js'
import { findFunctionIn } from './find-export.js'
import type { HostTask } from './host-task.js'
import { loadModuleFor } from './load-module.js'
import { loaded, loadModuleSync } from './loaded-modules.js'
import { belowChain, whileLoadingSync } from './loading-chain.js'
import { ByReference, type ObjectTable } from './object-table.js'
import { operationOf, operationOn } from './operation.js'

export type TaskFunction = (...args: never[]) => unknown

const keep = (object: object): ByReference => new ByReference(object)

/** The function that a task refers to; a promise while its module is loading, or its object is being constructed. */
export function findFunction(
  task: HostTask,
  objects: ObjectTable | undefined
): TaskFunction | Promise<TaskFunction> {
  const { operation, object } = task
  if (operation === undefined || objects === undefined) {
    return inModule(task, module => findFunctionIn(module, task))
  }
  if (operation === 'new') {
    return inModule(task, module => {
      const construct = operationOf(asOperation(task), module, keep)
      return (...args) =>
        objects.make(
          object as number,
          () => construct(...args),
          () => keptOf(task.module, module, task.keep)
        )
    })
  }
  if (object === undefined) return inModule(task, module => operationOf(asOperation(task), module, keep))
  return operation === 'dispose' ? disposal(task, object, objects) : onObject(task, object, objects)
}

function inModule(
  task: HostTask,
  find: (module: object) => TaskFunction
): TaskFunction | Promise<TaskFunction> {
  const { module, isBlocking, name, context } = task
  const known = loaded.get(module)
  if (known !== undefined) return find(known)
  const atOnce = isBlocking === true ? belowChain(name, module, context, () => loadNow(module)) : undefined
  return atOnce === undefined ? loadModuleFor({ name, module, context }).then(find) : find(atOnce)
}

/** Loads without the event loop; `undefined` for a module that needs it. */
function loadNow(url: string): object | undefined {
  try {
    if (!isMainThread) refuseEntryModule('', url)
    const module = whileLoadingSync(url, () => loadModuleSync(url))
    loaded.set(url, module)
    return module
  } catch {
    return undefined
  }
}

function onObject(task: HostTask, id: number, objects: ObjectTable): TaskFunction | Promise<TaskFunction> {
  const found = objects.find(id, task.name)
  const bind = (object: object): TaskFunction => operationOn(asOperation(task), object, keep)
  return found instanceof Promise ? found.then(bind) : bind(found)
}

/** The object is freed whatever the outcome of its own disposal. */
function disposal(task: HostTask, id: number, objects: ObjectTable): TaskFunction | Promise<TaskFunction> {
  const free = (): void => objects.release(id)
  if (objects.hasFailed(id)) return free
  const freeing =
    (dispose: TaskFunction): TaskFunction =>
    () => {
      const ended = freeIfThrown<unknown>(dispose, free)
      if (isThenable(ended)) return adopt(ended).finally(free)
      free()
    }
  const bound = freeIfThrown(() => onObject(task, id, objects), free)
  if (!(bound instanceof Promise)) return freeing(bound)
  return bound.then(freeing, (error: unknown) => {
    free()
    throw error
  })
}

function freeIfThrown<T>(act: () => T, free: () => void): T {
  try {
    return act()
  } catch (error) {
    free()
    throw error
  }
}

function asOperation({ name, operation, module }: HostTask): Parameters<typeof operationOf>[0] {
  return { name, operation, module }
}
