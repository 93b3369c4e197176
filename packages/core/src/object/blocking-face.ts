import type { CallTarget } from '../call/target.js'
import { substitute } from '../data.js'
import type { TaskOperation } from '../executor/executor.js'
import { asIterator } from '../stream/stream.js'
import { constructNow } from './construct.js'
import { disposeAwaited, disposeBlocking } from './dispose.js'
import { blockRemote, memberTarget } from './member.js'
import { addFace, checkReceiver, hasObjects, type ObjectReference, referenceTo } from './object-reference.js'
import type { Shape } from './shape.js'

type AnyFunction = (...args: unknown[]) => unknown
type Class = AnyFunction & { readonly prototype: object }

const shapes = new WeakMap<Class, Shape>()

/**
 * Makes an object of a class as a plain one: its objects have the methods and properties that the executor's have, and
 * each use blocks. What a class has is asked when its first object is made; `made` is the class that is constructed,
 * which may be a subclass of the user's.
 */
export function constructBlocking(
  target: CallTarget,
  args: readonly unknown[],
  base: Class,
  made: Class
): object {
  const reference = constructNow(target, args, base)
  let shape = shapes.get(base)
  if (shape === undefined) {
    shape = askShape(reference)
    shapes.set(base, shape)
    addMembers(base.prototype, reference, shape)
  }
  return addFields(made.prototype, reference, shape)
}

/** A value that blocking code is given: remote objects in it are plain ones, too, and a stream is an iterator. */
export function asBlocking({ name }: CallTarget, given: unknown): unknown {
  const value = asIterator(name, given)
  if (!hasObjects()) return value
  const replaced = (one: object): object | undefined => {
    const reference = referenceTo(one)
    return reference === undefined ? undefined : blockingFaceOf(reference)
  }
  return substitute(value, replaced, one => referenceTo(one) !== undefined)
}

function blockingFaceOf(reference: ObjectReference): object {
  if (reference.blockingFace === undefined) {
    const shape = askShape(reference)
    const prototype = {}
    addMembers(prototype, reference, shape)
    addFields(prototype, reference, shape)
  }
  return reference.blockingFace as object
}

function askShape(reference: ObjectReference): Shape {
  return blockRemote(memberTarget(reference, 'shape', 'constructor'), reference, [], askShape) as Shape
}

function addMembers(prototype: object, reference: ObjectReference, shape: Shape): void {
  const define = (key: string | symbol, value: AnyFunction): void => {
    Object.defineProperty(prototype, key, { value, writable: true, configurable: true })
  }
  for (const name of shape.methods) {
    const method = member(reference, 'method', name)
    define(name, Object.defineProperty(method, 'name', { value: name, configurable: true }))
  }
  for (const name of shape.accessors) Object.defineProperty(prototype, name, accessor(reference, name, false))
  define(Symbol.dispose, function (this: unknown) {
    disposeBlocking(checkReceiver('[Symbol.dispose]()', this))
  })
  define(Symbol.asyncDispose, async function (this: unknown) {
    await disposeAwaited(checkReceiver('[Symbol.asyncDispose]()', this))
  })
  if (shape.isIterable) define(Symbol.iterator, member(reference, 'iterate', '[Symbol.iterator]'))
}

function addFields(prototype: object, reference: ObjectReference, shape: Shape): object {
  const face = addFace(Object.create(prototype) as object, reference)
  for (const name of shape.fields) Object.defineProperty(face, name, accessor(reference, name, true))
  reference.blockingFace = face
  return face
}

function accessor(reference: ObjectReference, name: string, enumerable: boolean): PropertyDescriptor {
  const get = member(reference, 'get', name, '')
  return { get, set: member(reference, 'set', name, ''), enumerable, configurable: true }
}

/** What blocks for one use of an object; `called` ends its name where it refuses another `this`. */
function member(
  reference: ObjectReference,
  operation: TaskOperation,
  name: string,
  called = '()'
): AnyFunction {
  const target = memberTarget(reference, operation, name)
  const use = function (this: unknown, ...args: unknown[]): unknown {
    return asBlocking(target, blockRemote(target, checkReceiver(target.name + called, this), args, use))
  }
  return use
}
