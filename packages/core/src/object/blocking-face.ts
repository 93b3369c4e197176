import type { CallTarget } from '../call/target.js'
import { substitute } from '../data.js'
import { asIterator } from '../stream/stream.js'
import { constructNow } from './construct.js'
import { disposeAwaited, disposeBlocking } from './dispose.js'
import { blockRemote, memberTarget } from './member.js'
import { addFace, checkReceiver, hasObjects, type ObjectReference, referenceTo } from './object-reference.js'
import type { Shape } from './shape.js'

type AnyFunction = (...args: unknown[]) => unknown
type Class = AnyFunction & { readonly prototype: object }

/**
 * The classes of one module as plain ones: their objects have the methods and properties that the executor's have, and
 * each use blocks. What a class has is asked when its first object is made.
 */
export class BlockingClasses {
  readonly #shapes = new Map<string, Shape>()

  /** Makes an object; `made` is the class that is constructed, which may be a subclass of the user's. */
  construct(target: CallTarget, args: readonly unknown[], base: Class, made: Class): object {
    const reference = constructNow(target, args, base)
    let shape = this.#shapes.get(target.name)
    if (shape === undefined) {
      shape = askShape(reference)
      this.#shapes.set(target.name, shape)
      addMembers(base.prototype, reference, shape)
    }
    return addFields(made.prototype, reference, shape)
  }
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
    const target = memberTarget(reference, 'method', name)
    const method = function (this: unknown, ...args: unknown[]): unknown {
      return asBlocking(target, blockRemote(target, checkReceiver(`${target.name}()`, this), args, method))
    }
    define(name, Object.defineProperty(method, 'name', { value: name, configurable: true }))
  }
  for (const name of shape.accessors) Object.defineProperty(prototype, name, accessor(reference, name, false))
  define(Symbol.dispose, function (this: unknown) {
    disposeBlocking(checkReceiver('[Symbol.dispose]()', this))
  })
  define(Symbol.asyncDispose, async function (this: unknown) {
    await disposeAwaited(checkReceiver('[Symbol.asyncDispose]()', this))
  })
  if (!shape.isIterable) return
  const items = memberTarget(reference, 'iterate', '[Symbol.iterator]')
  const iterate = function (this: unknown): unknown {
    const stream = blockRemote(items, checkReceiver(`${items.name}()`, this), [], iterate)
    return (stream as Iterable<unknown>)[Symbol.iterator]()
  }
  define(Symbol.iterator, iterate)
}

function addFields(prototype: object, reference: ObjectReference, shape: Shape): object {
  const face = addFace(Object.create(prototype) as object, reference)
  for (const name of shape.fields) Object.defineProperty(face, name, accessor(reference, name, true))
  reference.blockingFace = face
  return face
}

function accessor(reference: ObjectReference, name: string, enumerable: boolean): PropertyDescriptor {
  const reading = memberTarget(reference, 'get', name)
  const writing = memberTarget(reference, 'set', name)
  const read = function (this: unknown): unknown {
    return asBlocking(reading, blockRemote(reading, checkReceiver(reading.name, this), [], read))
  }
  const write = function (this: unknown, value: unknown): void {
    blockRemote(writing, checkReceiver(writing.name, this), [value], write)
  }
  return { get: read, set: write, enumerable, configurable: true }
}
