import { clonedPartsOf, holds, isObject } from '../data.js'
import { TaskNotFoundError } from '../errors/errors.js'
import { kindOfAwaited, streams } from '../kind.js'
import type { ImportOptions, KeepName } from '../options.js'
import { classesOf } from './about.js'

/** Which instances of a module's classes stay where they are. */
export type Kept = ImportOptions<KeepName>['keep']

/** Whether an object stays where it is. */
export type StaysHere = (object: object) => boolean

/**
 * Calls `keep` for every object in a value that stays, at any depth of the data that is copied. A streamed value has no
 * copied data, and the contents of an object that stays remain there.
 */
export function eachStaying(value: unknown, stays: StaysHere, keep: (object: object) => void): void {
  if (!isObject(value)) return
  if (stays(value)) return keep(value)
  // Most values that are sent are flat.
  let isFlat = true
  for (const part of clonedPartsOf(value)) isFlat &&= !isObject(part)
  if (isFlat || streams(kindOfAwaited(value, true))) return
  const partsOf = (one: object): Iterable<unknown> => (stays(one) ? [] : clonedPartsOf(one))
  holds(
    value,
    one => {
      if (stays(one)) keep(one)
      return false
    },
    partsOf
  )
}

const rules = new WeakMap<object, Map<string, StaysHere | undefined>>()

/**
 * Which instances in the results of a module's functions stay: those of its exported classes that can be disposed, and
 * of those that its import names. `undefined` if none do.
 *
 * @throws TaskNotFoundError when the module does not export a class that is named in `keep`.
 */
export function keptOf(url: string, module: object, keep: Kept): StaysHere | undefined {
  const key = typeof keep === 'object' ? keep.join('\n') : String(keep)
  let known = rules.get(module)
  if (known === undefined) {
    known = new Map()
    rules.set(module, known)
  }
  if (!known.has(key)) known.set(key, ruleOf(url, module, keep))
  return known.get(key)
}

function ruleOf(url: string, module: object, keep: Kept): StaysHere | undefined {
  const classes = classesOf(module)
  const missing = typeof keep === 'object' ? keep.find(name => !classes.has(name)) : undefined
  if (missing !== undefined) {
    throw new TaskNotFoundError(
      `import(): keep names '${missing}', but ${url} exports no such class; it exports ${[...classes.keys()].join(', ') || 'none'}`
    )
  }
  const kept = new Set<object>()
  for (const [name, { prototype }] of classes) if (isKept(name, prototype, keep)) kept.add(prototype)
  if (kept.size === 0) return undefined
  return object => {
    let one = Object.getPrototypeOf(object) as object | null
    while (one !== null && !kept.has(one)) one = Object.getPrototypeOf(one) as object | null
    return one !== null
  }
}

function isKept(name: string, prototype: object, keep: Kept): boolean {
  // Errors are sent with their class.
  if (prototype instanceof Error) return false
  if (Symbol.dispose in prototype || Symbol.asyncDispose in prototype) return true
  return keep === true ? hasMethods(prototype) : keep?.includes(name) === true
}

function hasMethods(prototype: object): boolean {
  return Object.getOwnPropertyNames(prototype).some(
    key =>
      key !== 'constructor' && typeof Object.getOwnPropertyDescriptor(prototype, key)?.value === 'function'
  )
}
