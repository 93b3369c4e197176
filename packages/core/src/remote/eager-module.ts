import type { CallTarget } from '../call/target.js'
import type { ExportShape } from '../host/describe-exports.js'
import { blockRemote } from '../object/member.js'
import { addExport } from '../object/object-reference.js'
import { isHidden } from './hidden-keys.js'

type Shapes = Readonly<Record<string, ExportShape>>

/** A module that has what it exports and nothing else, as own properties that can be listed, replaced and spied on. */
export function eagerModule(module: CallTarget, lazy: object): object {
  const target: CallTarget = { ...module, name: 'exports', operation: 'exports' }
  return shown(module, lazy, blockRemote(target, undefined, [], eagerModule) as Shapes)
}

function shown(target: CallTarget, lazy: object, shapes: Shapes): object {
  const face: Record<string, unknown> = {}
  addExport(face, target)
  for (const [name, shape] of Object.entries(shapes)) {
    // What would make it a promise, or be called by who prints it, is left out, as of a lazy one.
    if (isHidden(name)) continue
    const value = shownExport(target, Reflect.get(lazy, name), name, shape)
    Object.defineProperty(face, name, { value, writable: true, enumerable: true, configurable: true })
  }
  return face
}

function shownExport(target: CallTarget, lazy: unknown, name: string, shape: ExportShape): unknown {
  if (shape.kind === 'value') return shape.value
  if (shape.kind !== 'object') return lazy
  const inner = { ...target, name: target.name === '' ? name : `${target.name}.${name}` }
  return shown(inner, lazy as object, shape.members)
}
