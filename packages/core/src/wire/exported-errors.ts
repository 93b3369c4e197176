import { types } from '../node.js'
import { shared } from '../shared.js'
import { knownName } from './known-errors.js'
import type { ErrorClass } from './registered-errors.js'
import { taskModules } from './task-modules.js'

/**
 * The error classes that modules of tasks export, by module and name: two modules may each have a class of the same
 * name, which must not be confused.
 */
const exported = shared('@bridge/core/exported-errors', () => ({
  classes: new Map<string, ErrorClass>(),
  keys: new WeakMap<object, string[]>()
}))

/** The exported class of that key. */
export function exportedClass(key: string): ErrorClass | undefined {
  lookThroughModules()
  return exported.classes.get(key)
}

/** The keys of the class with this prototype. */
export function exportKeys(prototype: object): readonly string[] {
  lookThroughModules()
  return exported.keys.get(prototype) ?? []
}

function lookThroughModules(): void {
  for (const [url, module] of taskModules.unseen.splice(0)) {
    try {
      addClasses(url, module)
    } catch {
      // An export that throws when it is read is not an error class; the current error is still sent.
    }
  }
}

function addClasses(url: string, module: object): void {
  if (types.isProxy(module)) return
  for (const name of Object.keys(Object(module) as object)) {
    const Class = exportOf(module, name)
    if (!isErrorClass(Class) || knownName(Class.prototype) !== undefined) continue
    const key = `${url}#${name}`
    if (exported.classes.get(key) === Class) continue
    exported.classes.set(key, Class)
    const keys = exported.keys.get(Class.prototype)
    if (keys === undefined) exported.keys.set(Class.prototype, [key])
    else keys.push(key)
  }
}

function exportOf(module: object, name: string): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(module, name)
  // A getter of a CommonJS module may load something that no call has requested.
  return descriptor !== undefined && 'value' in descriptor ? descriptor.value : undefined
}

function isErrorClass(value: unknown): value is ErrorClass {
  return typeof value === 'function' && !types.isProxy(value) && value.prototype instanceof Error
}
