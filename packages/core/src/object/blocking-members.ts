import { declareCallFactory } from '../call/call-mark.js'
import type { CallTarget } from '../call/target.js'
import type { TaskOperation } from '../executor/executor.js'
import { asIterator } from '../stream/stream.js'
import { disposeAwaited, disposeBlocking } from './dispose.js'
import { blockRemote, callRemote, memberTarget } from './member.js'
import { addStub, checkReceiver, type ObjectReference, referenceTo } from './object-reference.js'
import type { Shape } from './shape.js'

type AnyFunction = (...args: unknown[]) => unknown

/**
 * Gives a prototype the methods and accessors of an object, each of which blocks; their calls have the module's
 * options.
 */
export function addMembers(
  module: CallTarget,
  prototype: object,
  reference: ObjectReference,
  shape: Shape
): void {
  const define = (key: symbol, value: AnyFunction): void => {
    Object.defineProperty(prototype, key, { value, writable: true, configurable: true })
  }
  for (const name of shape.methods) {
    Object.defineProperty(prototype, name, method(targetOf(module, reference, 'method', name), name))
  }
  for (const name of shape.accessors)
    Object.defineProperty(prototype, name, accessor(module, reference, name, false))
  define(Symbol.dispose, function (this: unknown) {
    disposeBlocking(checkReceiver('[Symbol.dispose]()', this))
  })
  define(Symbol.asyncDispose, async function (this: unknown) {
    await disposeAwaited(checkReceiver('[Symbol.asyncDispose]()', this))
  })
  if (shape.isIterable)
    define(Symbol.iterator, use(targetOf(module, reference, 'iterate', '[Symbol.iterator]')))
}

/** The object as its user holds it, with its own fields. */
export function addFields(
  module: CallTarget,
  prototype: object,
  reference: ObjectReference,
  shape: Shape
): object {
  const stub = addStub(Object.create(prototype) as object, reference)
  for (const name of shape.fields) Object.defineProperty(stub, name, accessor(module, reference, name, true))
  reference.blockingStub = stub
  return stub
}

/** Gives a blocking function its asynchronous form `async`, whose calls are awaited. */
export function withAsync<F extends AnyFunction>(fn: F, call: AnyFunction): F {
  let stub: AnyFunction | undefined
  const get = (): AnyFunction => {
    stub ??= declareCallFactory((...args: unknown[]) => call(...args))
    return stub
  }
  return Object.defineProperty(fn, 'async', { get, configurable: true })
}

function targetOf(
  { executor, options, present }: CallTarget,
  { name }: ObjectReference,
  operation: TaskOperation,
  member: string
): CallTarget {
  return { ...memberTarget({ executor, name, options }, operation, member), present }
}

/**
 * A method is a property with a separate function for each object, so that the function has `async` and may be
 * detached. An assignment replaces it, as with a method of a class.
 */
function method(target: CallTarget, name: string): PropertyDescriptor {
  const loose = named(use(target), name)
  return {
    get(this: object) {
      const reference = referenceTo(this)
      if (reference === undefined) return loose
      reference.methods ??= new Map()
      let own = reference.methods.get(name)
      if (own === undefined) {
        const fn: AnyFunction = (...args) => block(target, reference, args, fn)
        own = withAsync(named(fn, name), (...args) => callRemote(target, reference, args))
        reference.methods.set(name, own)
      }
      return own
    },
    set(this: object, value: unknown) {
      Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true })
    },
    configurable: true
  }
}

function accessor(
  module: CallTarget,
  reference: ObjectReference,
  name: string,
  enumerable: boolean
): PropertyDescriptor {
  const get = use(targetOf(module, reference, 'get', name), '')
  return { get, set: use(targetOf(module, reference, 'set', name), ''), enumerable, configurable: true }
}

/**
 * A function that blocks for one use of the object that is its `this`; `called` is the end of its name in the message
 * that refuses another `this`.
 */
function use(target: CallTarget, called = '()'): AnyFunction {
  const fn = function (this: unknown, ...args: unknown[]): unknown {
    return block(target, checkReceiver(target.name + called, this), args, fn)
  }
  return fn
}

function block(
  target: CallTarget,
  reference: ObjectReference,
  args: readonly unknown[],
  entry: AnyFunction
): unknown {
  return asIterator(target.name, blockRemote(target, reference, args, entry))
}

function named<F extends AnyFunction>(fn: F, name: string): F {
  return Object.defineProperty(fn, 'name', { value: name, configurable: true })
}
