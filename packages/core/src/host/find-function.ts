import { isThenable } from '../kind.js'
import { isMainThread } from '../node.js'
import { keptOf } from '../object/kept-classes.js'
import { adopt } from '../promise.js'
import { refuseEntryModule } from './entry-module.js'
import { findFunctionIn } from './find-export.js'
import { loadModuleFor } from './load-module.js'
import { loaded, loadModuleSync } from './loaded-modules.js'
import { belowChain, whileLoadingSync } from './loading-chain.js'
import { KeptObject, type ObjectTable } from './object-table.js'
import { operationOf, operationOn } from './operation.js'
import type { HostRequest } from './request.js'

export type TaskFunction = (...args: never[]) => unknown

const keep = (object: object): KeptObject => new KeptObject(object)

/** The function that a request comes down to; a promise while its module is loaded, or its object is being made. */
export function findFunction(
  request: HostRequest,
  objects: ObjectTable | undefined
): TaskFunction | Promise<TaskFunction> {
  const { operation, object } = request
  if (operation === undefined || objects === undefined) {
    return inModule(request, module => findFunctionIn(module, request))
  }
  if (operation === 'new') {
    return inModule(request, module => {
      const construct = operationOf(asOperation(request), module, keep)
      return (...args) =>
        objects.make(
          object as number,
          () => construct(...args),
          () => keptOf(request.module, module, request.keep)
        )
    })
  }
  if (object === undefined)
    return inModule(request, module => operationOf(asOperation(request), module, keep))
  return operation === 'dispose' ? disposal(request, object, objects) : onObject(request, object, objects)
}

function inModule(
  request: HostRequest,
  find: (module: object) => TaskFunction
): TaskFunction | Promise<TaskFunction> {
  const { module, isBlocking, name, context } = request
  const known = loaded.get(module)
  if (known !== undefined) return find(known)
  const atOnce = isBlocking === true ? belowChain(name, module, context, () => loadNow(module)) : undefined
  return atOnce === undefined ? loadModuleFor({ name, module, context }).then(find) : find(atOnce)
}

/** Without the event loop; `undefined` for a module that needs it. */
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

function onObject(
  request: HostRequest,
  id: number,
  objects: ObjectTable
): TaskFunction | Promise<TaskFunction> {
  const found = objects.find(id, request.name)
  const bind = (object: object): TaskFunction => operationOn(asOperation(request), object, keep)
  return found instanceof Promise ? found.then(bind) : bind(found)
}

/** The object is freed whatever its own disposal comes to. */
function disposal(
  request: HostRequest,
  id: number,
  objects: ObjectTable
): TaskFunction | Promise<TaskFunction> {
  const free = (): void => objects.release(id)
  if (objects.hasFailed(id)) return free
  const freeing =
    (dispose: TaskFunction): TaskFunction =>
    () => {
      const ended = freeIfThrown<unknown>(dispose, free)
      if (isThenable(ended)) return adopt(ended).finally(free)
      free()
    }
  const bound = freeIfThrown(() => onObject(request, id, objects), free)
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

function asOperation({ name, operation, module }: HostRequest): Parameters<typeof operationOf>[0] {
  return { name, operation, module }
}
