import { isInstance, isObject, isPlain } from '../data.js'
import { types } from '../node.js'
import { shapeOf } from '../object/shape.js'

/**
 * What an export is, for a caller that mirrors a module: a function or a class, which is called where it lives; an
 * object with functions, described member by member; a value, which is copied; or a value that can't be copied and is
 * requested by its name.
 */
export type ExportShape =
  | { readonly kind: 'function' | 'unknown' }
  | { readonly kind: 'object'; readonly members: Readonly<Record<string, ExportShape>> }
  | { readonly kind: 'value'; readonly value: unknown }

/** Objects may reference each other. */
const DEEPEST = 8

/** The exports of a module, by name. */
export function describeExports(module: object): Record<string, ExportShape> {
  const { default: only } = module as { default?: unknown }
  const names = new Set(
    Object.keys(module).filter(name => name !== 'module.exports' && name !== '__esModule')
  )
  const shapes: Record<string, ExportShape> = {}
  // In compiled CommonJS, `default` is the object whose members are the exports.
  const compiled = isCompiled(only) ? only : module
  for (const name of names) {
    put(shapes, name, () => Reflect.get(name === 'default' ? compiled : module, name) as unknown, 0)
  }
  // A CommonJS module may have all of its exports under `default` only.
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
    // A getter throws: a caller that requests it by name gets the error.
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

/** A getter that throws is requested by name, as a member. */
function isCopied(value: object): boolean {
  try {
    return isPlainData(value, new Set()) && isCloneable(value)
  } catch {
    return false
  }
}

/** Whether it contains nothing that would have to be called. */
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
