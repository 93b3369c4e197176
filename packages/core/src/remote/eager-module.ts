import type { CallTarget } from '../call/target.js'
import type { ExportShape } from '../host/describe-exports.js'
import { blockRemote } from '../object/member.js'
import { addExport } from '../object/object-reference.js'
import { isHidden } from './hidden-keys.js'

type Shapes = Readonly<Record<string, ExportShape>>

/** A module with exactly its exports, as own properties that can be listed, replaced and spied on. */
export function eagerModule(module: CallTarget, lazy: object): object {
  const target: CallTarget = { ...module, name: 'exports', operation: 'exports' }
  return shown(module, lazy, blockRemote(target, undefined, [], eagerModule) as Shapes)
}

function shown(target: CallTarget, lazy: object, shapes: Shapes): object {
  const stub: Record<string, unknown> = {}
  addExport(stub, target)
  for (const [name, shape] of Object.entries(shapes)) {
    // Names that would make it a promise, or that printers call, are omitted, as in a lazy module.
    if (isHidden(name)) continue
    const value = shownExport(target, Reflect.get(lazy, name), name, shape)
    Object.defineProperty(stub, name, { value, writable: true, enumerable: true, configurable: true })
  }
  return stub
}

function shownExport(target: CallTarget, lazy: unknown, name: string, shape: ExportShape): unknown {
  if (shape.kind === 'value') return shape.value
  if (shape.kind !== 'object') return lazy
  const inner = { ...target, name: target.name === '' ? name : `${target.name}.${name}` }
  return shown(inner, lazy as object, shape.members)
}
