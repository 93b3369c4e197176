import { inspect } from 'node:util'
import { checkObject } from '../check.js'
import { errorClass, errorClassName } from './error-classes.js'
import { userStack } from './stack.js'

/**
 * An error on its way, as plain data that structured clone takes. `base` is the built-in that the class extends,
 * used where the class itself is unknown on the other side.
 */
export interface EncodedError {
  readonly error: {
    readonly className: string
    readonly base: string
    readonly name: string | undefined
    readonly message: string
    readonly stack: string | undefined
    readonly properties: readonly (readonly [key: string, value: EncodedThrown])[]
    readonly cause: EncodedThrown | undefined
    readonly errors: readonly EncodedThrown[] | undefined
    /** Marks a DOMException, which is made from its message and name. */
    readonly dom: boolean
  }
}

/** Anything that can be thrown, on its way: an error, an error already on its way (a cycle), or a value. */
export type EncodedThrown = (EncodedError | { readonly value: unknown } | { readonly seen: number }) & {
  /** What its parts refer to, where an executor's objects or callbacks are among them. */
  readonly references?: readonly unknown[]
}

/** What stands for a value that an error holds, before it is copied. */
type Replace = (value: unknown) => unknown

const asItIs: Replace = value => value

const MAX_STACK = 64 * 1024
/** What crosses in a way of its own. A `name` or `cause` that was assigned is an own property like any other, too. */
const SKIPPED = new Set(['message', 'stack', 'errors'])

/**
 * Encodes whatever was thrown; it never throws itself, whatever getters and proxies it meets. `replace` may put
 * something else in the place of what an error holds.
 */
export function encodeThrown(thrown: unknown, replace: Replace = asItIs): EncodedThrown {
  return encode(thrown, replace, [])
}

function encode(thrown: unknown, replace: Replace, seen: Error[]): EncodedThrown {
  if (!isError(thrown)) return { value: cloneable(attempt(() => replace(thrown)) ?? thrown) }
  const index = seen.indexOf(thrown)
  if (index >= 0) return { seen: index }
  seen.push(thrown)
  const read = (key: string): unknown => attempt(() => (thrown as unknown as Record<string, unknown>)[key])
  const dom = typeof DOMException === 'function' && thrown instanceof DOMException
  const errors = read('errors')
  return {
    error: {
      className: dom ? 'DOMException' : (attempt(() => errorClassName(thrown)) ?? 'Error'),
      base: baseOf(thrown),
      name: textOrUndefined(read('name')),
      message: textOrUndefined(read('message')) ?? '',
      stack: textOrUndefined(read('stack'))?.slice(0, MAX_STACK),
      properties: encodeProperties(thrown, replace, seen, dom),
      cause: hasCause(thrown) ? encode(read('cause'), replace, seen) : undefined,
      errors: Array.isArray(errors) ? errors.map(inner => encode(inner, replace, seen)) : undefined,
      dom
    }
  }
}

/**
 * Restores what was thrown. `stackTail` is put below the stack of the outermost error: the frames of the thread
 * that receives it.
 */
export function decodeThrown(encoded: EncodedThrown, stackTail = '', seen: unknown[] = []): unknown {
  checkObject('decodeThrown()', 'encoded', encoded)
  if ('value' in encoded) return encoded.value
  if ('seen' in encoded) return seen[encoded.seen]
  const { error } = encoded
  const Class = errorClass(error.className)
  const restored = error.dom ? new DOMException(error.message, error.name) : blankError(error, Class)
  seen.push(restored)
  const stack = error.stack ?? `${error.name ?? error.className}: ${error.message}`
  define(restored, 'stack', userStack(stack) + stackTail)
  // In the order in which they were encoded, so that `seen` counts alike on both sides.
  for (const [key, value] of error.properties) {
    Object.defineProperty(restored, key, {
      value: decodeThrown(value, '', seen),
      enumerable: true,
      configurable: true,
      writable: true
    })
  }
  if (error.cause !== undefined && !Object.hasOwn(restored, 'cause')) {
    define(restored, 'cause', decodeThrown(error.cause, '', seen))
  }
  if (error.errors !== undefined) {
    define(
      restored,
      'errors',
      error.errors.map(inner => decodeThrown(inner, '', seen))
    )
  }
  return restored
}

function blankError(error: EncodedError['error'], Class: ReturnType<typeof errorClass>): Error {
  const blank = withoutFrames(error.message)
  const prototype = (Class ?? errorClass(error.base) ?? Error).prototype as Error
  Object.setPrototypeOf(blank, prototype)
  if (error.properties.some(([key]) => key === 'name')) return blank
  const name = error.name ?? error.className
  if (attempt(() => blank.name) !== name) define(blank, 'name', name)
  // An unregistered class is gone, but its name stays visible where people look for it.
  else if (Class === undefined && name === error.base && error.className !== error.base) {
    define(blank, 'name', error.className)
  }
  return blank
}

/** It gets the stack that was sent; frames of its own would hold whatever they belong to for as long as it lives. */
function withoutFrames(message: string): Error {
  const { stackTraceLimit } = Error
  Reflect.set(Error, 'stackTraceLimit', 0)
  try {
    return new Error(message)
  } finally {
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit)
  }
}

function encodeProperties(
  error: Error,
  replace: Replace,
  seen: Error[],
  dom: boolean
): [string, EncodedThrown][] {
  const properties: [string, EncodedThrown][] = []
  if (dom) return properties
  for (const key of attempt(() => Object.keys(error)) ?? []) {
    if (SKIPPED.has(key)) continue
    const read = attempt(() => ({ value: (error as unknown as Record<string, unknown>)[key] }))
    if (read !== undefined) properties.push([key, encode(read.value, replace, seen)])
  }
  return properties
}

function hasCause(error: Error): boolean {
  return attempt(() => 'cause' in error && error.cause !== undefined) ?? false
}

function baseOf(error: Error): string {
  if (attempt(() => error instanceof AggregateError) === true) return 'AggregateError'
  for (let proto: unknown = error; proto; proto = attempt(() => Object.getPrototypeOf(proto) as unknown)) {
    const name = attempt(() => (proto as { constructor?: { name?: string } }).constructor?.name)
    if (name !== undefined && errorClass(name)?.prototype === proto) return name
  }
  return 'Error'
}

/** The value itself where structured clone takes it, else what a person would see of it. */
function cloneable(value: unknown): unknown {
  if (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol') return value
  if (value === null) return value
  return (
    attempt(() => structuredClone(value)) ??
    attempt(() => inspect(value, { depth: 1 })) ??
    '[unreadable value]'
  )
}

function isError(value: unknown): value is Error {
  return (
    attempt(() => value instanceof Error || Object.prototype.toString.call(value) === '[object Error]') ??
    false
  )
}

function textOrUndefined(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: false, configurable: true, writable: true })
}
