import { types } from 'node:util'
import { shared } from '../shared.js'
import { knownName } from './known-errors.js'
import type { ErrorClass } from './registered-errors.js'

/**
 * The error classes that modules of tasks export, by the module and the name: two modules may each have a class of one
 * name, and neither may be taken for the other.
 */
const exported = shared('@bridge/core/exported-errors', () => ({
  modules: new Map<string, object>(),
  classes: new Map<string, ErrorClass>(),
  keys: new WeakMap<object, string[]>()
}))

/** Makes the error classes that a module exports arrive on this thread as what they are. */
export function registerExports(url: string, module: object): void {
  if (exported.modules.get(url) === module || types.isProxy(module)) return
  exported.modules.set(url, module)
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

/** The exported class of that key. */
export function exportedClass(key: string): ErrorClass | undefined {
  return exported.classes.get(key)
}

/** The keys of the class with this prototype. */
export function exportKeys(prototype: object): readonly string[] {
  return exported.keys.get(prototype) ?? []
}

function exportOf(module: object, name: string): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(module, name)
  // A getter of a CommonJS module may load what no call has asked for.
  return descriptor !== undefined && 'value' in descriptor ? descriptor.value : undefined
}

function isErrorClass(value: unknown): value is ErrorClass {
  return typeof value === 'function' && !types.isProxy(value) && value.prototype instanceof Error
}
