import { InvalidArgumentError, TaskNotFoundError } from '../errors/errors.js'
import type { Task } from '../executor/executor.js'
import { isThenable } from '../kind.js'
import { aboutOf } from '../object/about.js'
import { nameOfClass, shapeOf } from '../object/shape.js'
import { adopt } from '../promise.js'
import { describeExports } from './describe-exports.js'
import { findClassIn, findFunctionIn, findMemberIn } from './find-export.js'

type AnyFunction = (...args: never[]) => unknown

/** The parts of a task that determine the operation. */
export type Operation = Pick<Task, 'name' | 'exportName' | 'operation' | 'module'>

/** Returns what is sent instead of an object that stays. */
export type Keep = (object: object) => unknown

/**
 * The function for a task that is not bound to an object: an export, a class's constructor, a static member. Instances
 * of a class that its own static members return stay where they are, as those made by its constructor do.
 *
 * @throws TaskNotFoundError when the module has no member of that name.
 */
export function operationOf(task: Operation, module: object, keep: Keep): AnyFunction {
  const { operation, name, exportName = name } = task
  if (operation === undefined) return findFunctionIn(module, { name: exportName, module: task.module })
  if (operation === 'new') {
    const Class = findClassIn(module, task, name.slice('new '.length))
    return (...args) => Reflect.construct(Class, args) as object
  }
  if (operation === 'exports') return () => describeExports(module)
  const { holder, key } = findMemberIn(module, task, name)
  const isOwn = (value: object): boolean => typeof holder === 'function' && value instanceof holder
  return memberOf(task, holder, key, value => (isOwn(value) ? keep(value) : value))
}

/** The function for a task on its object. */
export function operationOn(task: Operation, object: object, keep: Keep): AnyFunction {
  const Class: unknown = object.constructor
  const isOwn = (value: object): boolean =>
    value === object || (typeof Class === 'function' && Class !== Object && value instanceof Class)
  return memberOf(task, object, task.name.slice(task.name.indexOf('.') + 1), value =>
    isOwn(value) ? keep(value) : value
  )
}

function memberOf(
  { name, operation }: Operation,
  holder: object,
  key: string,
  keepOwn: (value: object) => unknown
): AnyFunction {
  const members = holder as Record<string, unknown>
  const keptValue = (value: unknown): unknown =>
    typeof value === 'object' && value !== null ? keepOwn(value) : value
  const kept = (value: unknown): unknown =>
    isThenable(value) ? adopt(value).then(keptValue) : keptValue(value)
  switch (operation) {
    case 'get':
      return () => kept(members[key])
    case 'set':
      return (value: unknown) => {
        if (!Reflect.set(holder, key, value)) throw new TypeError(`${name} can't be written`)
      }
    case 'iterate':
      return () => items(name, holder)
    case 'dispose':
      return () => dispose(holder, key === '[Symbol.dispose]')
    case 'shape':
      return () => aboutOf(holder)
    default: {
      const method = members[key]
      if (typeof method !== 'function') {
        throw new TaskNotFoundError(`${name} is not a method: ${describe(holder, key, method)}`)
      }
      return (...args: unknown[]) => kept(Reflect.apply(method, holder, args))
    }
  }
}

function describe(holder: object, key: string, found: unknown): string {
  if (found !== undefined) return `it is a property; read it by read(object, '${key}')`
  const known = typeof holder === 'function' ? Object.getOwnPropertyNames(holder) : shapeOf(holder).methods
  return `there is ${known.join(', ') || 'nothing'}`
}

/** In a generator: an iterator without `[Symbol.iterator]` would be treated as a value. */
function items(name: string, holder: object): unknown {
  if (Symbol.asyncIterator in holder) return asyncItems(holder as AsyncIterable<unknown>)
  if (Symbol.iterator in holder) return syncItems(holder as Iterable<unknown>)
  throw new InvalidArgumentError(`${name}: a ${nameOfClass(holder)} is not iterable`)
}

async function* asyncItems(holder: AsyncIterable<unknown>): AsyncGenerator<unknown, unknown, unknown> {
  return yield* holder
}

function* syncItems(holder: Iterable<unknown>): Generator<unknown, unknown, unknown> {
  return yield* holder
}

/** Like `using` and `await using`, but either of the two methods works for both. */
function dispose(holder: Partial<AsyncDisposable & Disposable>, isBlocking: boolean): unknown {
  const later = holder[Symbol.asyncDispose]?.bind(holder)
  const now = holder[Symbol.dispose]?.bind(holder)
  const end = isBlocking ? (now ?? later) : (later ?? now)
  return end?.()
}
