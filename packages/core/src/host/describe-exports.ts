import { isInstance, isObject, isPlain } from '../data.js'
import { types } from '../node.js'
import { shapeOf } from '../object/shape.js'

/**
 * What an export is, for who shows a module as it is where it lives: a function or a class, which is called there; an
 * object with functions, member by member; a value, which is copied; or what can't be copied and is asked for by its name.
 */
export type ExportShape =
  | { readonly kind: 'function' | 'unknown' }
  | { readonly kind: 'object'; readonly members: Readonly<Record<string, ExportShape>> }
  | { readonly kind: 'value'; readonly value: unknown }

/** Objects may hold each other. */
const DEEPEST = 8

/** What a module exports, by its names. */
export function describeExports(module: object): Record<string, ExportShape> {
  const { default: only } = module as { default?: unknown }
  const names = new Set(
    Object.keys(module).filter(name => name !== 'module.exports' && name !== '__esModule')
  )
  const shapes: Record<string, ExportShape> = {}
  // Of compiled CommonJS it is what that exports by this name.
  const compiled = isCompiled(only) ? only : module
  for (const name of names) {
    put(shapes, name, () => Reflect.get(name === 'default' ? compiled : module, name) as unknown, 0)
  }
  // All that a CommonJS module exports may stand under `default` alone.
  const isAlone = names.size === 1 && names.has('default')
  if (isAlone && typeof only === 'object' && only !== null && !isPlainData(only, new Set())) {
    for (const name of namesIn(only)) {
      if (!names.has(name)) put(shapes, name, () => Reflect.get(only, name) as unknown, 0)
    }
  }
  return shapes
}

function isCompiled(only: unknown): only is object {
  return isObject(only) && Object.hasOwn(only, '__esModule') && Object.hasOwn(only, 'default')
}

function put(shapes: Record<string, ExportShape>, name: string, read: () => unknown, depth: number): void {
  let shape: ExportShape
  try {
    shape = describe(read(), depth)
  } catch {
    // A getter throws: who asks for it by its name will be told.
    shape = { kind: 'unknown' }
  }
  Object.defineProperty(shapes, name, { value: shape, enumerable: true })
}

function describe(value: unknown, depth: number): ExportShape {
  if (typeof value === 'function') return { kind: 'function' }
  if (typeof value === 'symbol') return { kind: 'unknown' }
  if (typeof value !== 'object' || value === null) return { kind: 'value', value }
  if (types.isPromise(value) || depth === DEEPEST) return { kind: 'unknown' }
  if (isCopied(value)) return { kind: 'value', value }
  const members: Record<string, ExportShape> = {}
  for (const name of namesIn(value)) put(members, name, () => Reflect.get(value, name) as unknown, depth + 1)
  return { kind: 'object', members }
}

function namesIn(value: object): string[] {
  if (types.isModuleNamespaceObject(value)) return Object.keys(value)
  const { methods, accessors, fields } = shapeOf(value)
  return [...methods, ...accessors, ...fields]
}

/** One with a getter that throws is asked for member by member. */
function isCopied(value: object): boolean {
  try {
    return isPlainData(value, new Set()) && isCloneable(value)
  } catch {
    return false
  }
}

/** Whether there is nothing in it that would have to be called. */
function isPlainData(value: object, seen: Set<object>): boolean {
  if (seen.has(value)) return true
  seen.add(value)
  if (types.isModuleNamespaceObject(value)) return false
  if (isInstance(value) && shapeOf(value).methods.length > 0) return false
  if (!isPlain(value) && !isInstance(value) && !Array.isArray(value)) return true
  return Object.values(value).every(
    part => typeof part !== 'function' && (!isObject(part) || isPlainData(part, seen))
  )
}

function isCloneable(value: object): boolean {
  try {
    structuredClone(value)
    return true
  } catch {
    return false
  }
}
