import { types } from '../node.js'
import { HeldResource } from '../resource/held-resource.js'
import { taskModules } from '../wire/task-modules.js'
import { type Shape, shapeOf } from './shape.js'

/**
 * Sent with a reference to an object that stays where it is, so that its holder can present it as a plain object
 * without another request.
 */
export interface ObjectAbout {
  readonly shape: Shape
  /** The classes exported by modules of tasks of which it is an instance, the nearest first. */
  readonly classes: readonly ExportedClass[]
  /** Whether it is the disposer of a resource that has been entered. */
  readonly isResource?: boolean
}

/** The name under which a module of tasks exports a class, and how many levels it is above the object's own class. */
export type ExportedClass = readonly [module: string, name: string, distance: number]

const RESOURCE: ObjectAbout = {
  shape: { methods: [], accessors: [], fields: [], isIterable: false },
  classes: [],
  isResource: true
}

const names = new WeakMap<object, (readonly [module: string, name: string])[]>()
const seen = new WeakSet<object>()
let looked = 0

/**
 * What is known of each prototype; one object for each, so that a message that contains many such objects contains it
 * once.
 */
let known = new WeakMap<object, ObjectAbout>()

/** The description of an object; objects of the same class share that of the first. */
export function aboutOf(object: object): ObjectAbout {
  if (object instanceof HeldResource) return RESOURCE
  const prototype = Object.getPrototypeOf(object) as object | null
  // Objects without a class have nothing in common.
  if (prototype === null || Object.getPrototypeOf(prototype) === null)
    return { shape: shapeOf(object), classes: [] }
  lookThroughModules()
  let about = known.get(prototype)
  if (about === undefined) {
    about = { shape: shapeOf(object), classes: classesAbove(prototype) }
    known.set(prototype, about)
  }
  return about
}

/** Whether an object of this thread is an instance of the class that a module of tasks exports under that name. */
export function isOfExport(object: unknown, module: string, name: string): boolean {
  if (typeof object !== 'object' || object === null) return false
  lookThroughModules()
  const prototype = Object.getPrototypeOf(object) as object | null
  return prototype !== null && classesAbove(prototype).some(([url, own]) => url === module && own === name)
}

function classesAbove(prototype: object): ExportedClass[] {
  const found: ExportedClass[] = []
  let distance = 0
  for (let one: object | null = prototype; one !== null; one = Object.getPrototypeOf(one) as object | null) {
    for (const [module, name] of names.get(one) ?? []) found.push([module, name, distance])
    distance++
  }
  return found
}

function lookThroughModules(): void {
  if (taskModules.loaded.size === looked) return
  looked = taskModules.loaded.size
  // A module may re-export a class of another module.
  known = new WeakMap()
  for (const [url, module] of taskModules.loaded) {
    if (seen.has(module)) continue
    seen.add(module)
    for (const [name, Class] of classesOf(module)) {
      const others = names.get(Class.prototype) ?? []
      names.set(Class.prototype, others)
      // Its own name comes before its other names.
      if (name === nameOf(Class)) others.unshift([url, name])
      else others.push([url, name])
    }
  }
}

/**
 * The classes that a module exports, including functions that may be classes; those of a CommonJS module may be under
 * `default`.
 */
export function classesOf(module: object): Map<string, { readonly prototype: object }> {
  const classes = new Map<string, { readonly prototype: object }>()
  const add = (holder: unknown): void => {
    if (types.isProxy(holder)) return
    for (const [name, { value }] of Object.entries(descriptorsOf(holder))) {
      // A getter of a CommonJS module may load something that no call has requested.
      if (isClass(value) && !classes.has(name)) classes.set(name, value)
    }
  }
  add(module)
  add(descriptorsOf(module).default?.value)
  return classes
}

function nameOf(Class: object): unknown {
  return Object.getOwnPropertyDescriptor(Class, 'name')?.value
}

function descriptorsOf(holder: unknown): Record<string, PropertyDescriptor> {
  try {
    return Object.getOwnPropertyDescriptors(Object(holder) as Record<string, unknown>)
  } catch {
    // An export that is not initialized yet throws.
    return {}
  }
}

function isClass(value: unknown): value is { readonly prototype: object } {
  if (typeof value !== 'function' || types.isProxy(value)) return false
  const { prototype } = value as { prototype?: unknown }
  // A generator function has a prototype, too, and so has every function written with `function`.
  if (typeof prototype !== 'object' || prototype === null || !Object.hasOwn(prototype, 'constructor'))
    return false
  return (
    Object.getOwnPropertyNames(prototype).length > 1 ||
    Function.prototype.toString.call(value).startsWith('class')
  )
}
