import { show } from '../check.js'
import { NotCloneableError } from '../errors/errors.js'
import { types } from '../node.js'

const MAX_DEPTH = 50

/**
 * The error for a value that structured clone refused, with the path of the first part that can't be cloned, such as
 * `args[1].handler`. A cause that already has the path is returned.
 *
 * @example
 * ```ts
 * try { port.postMessage(args) } catch (cause) { throw notCloneable('hash()', 'args', args, cause) }
 * ```
 */
export function notCloneable(where: string, what: string, value: unknown, cause: unknown): NotCloneableError {
  if (cause instanceof NotCloneableError) return cause
  const reason = (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '')
  if (isStackOverflow(reason)) {
    return failed(`${where}: ${deepPart(value, what)} can't be sent to another thread`, reason, cause)
  }
  const found = find(value, what, isUncloneable)
  const place = found === undefined ? what : `${found.path} (${show(found.value)})`
  const refused = `${where}: ${place} can't be sent to another thread`
  // The clone's own message contains the text of a function.
  const why =
    typeof found?.value === 'function'
      ? wayOut(what, found.value)
      : `(${reason}); send plain data, and create the rest there`
  return new NotCloneableError(`${refused}${why.startsWith('(') ? ' ' : ': '}${why}`, { cause })
}

function wayOut(what: string, fn: object): string {
  if (/^class\b/.test(Function.prototype.toString.call(fn))) {
    return 'classes are not sent; send plain data, and construct the object there'
  }
  return what === 'args' || what === 'value'
    ? 'mark a function by proxy() to have it called on its own thread'
    : 'functions become callbacks only among arguments; return proxy(object), whose methods are called on its own thread'
}

/**
 * The error for a value that was sent from or to another thread and can't be deserialized there, because it is nested
 * too deeply for the stack or larger than the memory. For authors of executors.
 *
 * @example
 * ```ts
 * port.on('messageerror', error => run.fail(unreadable('hash()', 'its result', error.message)))
 * ```
 */
export function unreadable(where: string, what: string, why: string): NotCloneableError {
  return failed(`${where}: ${what} can't be read on the receiving thread`, why)
}

function failed(what: string, why: string, cause?: unknown): NotCloneableError {
  const how = isStackOverflow(why)
    ? `nested too deeply (${why}); send it flatter, or as text`
    : `${why}; send less at once`
  return new NotCloneableError(`${what}: ${how}`, { cause })
}

/** The name of the argument; a deeper path would be too long to help. */
function deepPart(value: unknown, what: string): string {
  const index = Array.isArray(value) ? value.findIndex(isTooDeep) : -1
  return index < 0 ? what : `${what}[${index}]`
}

function isTooDeep(part: unknown): boolean {
  try {
    structuredClone(part)
    return false
  } catch (error) {
    return isStackOverflow(String((error as Error).message))
  }
}

function isStackOverflow(reason: string): boolean {
  return reason.includes('call stack')
}

/**
 * A structured clone of `value`. For authors of executors.
 *
 * @throws NotCloneableError with the path of the first part that can't be cloned.
 * @example
 * ```ts
 * const args = cloned('hash()', 'args', task.args)
 * ```
 */
export function cloned<T>(where: string, what: string, value: T): T {
  try {
    return structuredClone(value)
  } catch (cause) {
    throw notCloneable(where, what, value, cause)
  }
}

/** The path of the first part, innermost first, for which `isIt` is true, such as `args[1].handler`. */
export function pathOf(value: unknown, what: string, isIt: (part: unknown) => boolean): string | undefined {
  return find(value, what, isIt)?.path
}

interface Found {
  readonly path: string
  readonly value: unknown
}

function find(
  value: unknown,
  path: string,
  isIt: (part: unknown) => boolean,
  seen = new Set<object>(),
  depth = 0
): Found | undefined {
  if (isPlainlyCloneable(value)) return undefined
  if (typeof value !== 'object' || value === null) return isIt(value) ? { path, value } : undefined
  if (seen.has(value) || depth > MAX_DEPTH) return undefined
  seen.add(value)
  try {
    for (const [key, part] of partsOf(value)) {
      const found = find(part, `${path}${key}`, isIt, seen, depth + 1)
      if (found !== undefined) return found
    }
  } catch {
    // A getter throws, as it did when the value was cloned.
    return { path, value }
  }
  return isIt(value) ? { path, value } : undefined
}

function isUncloneable(value: unknown): boolean {
  return typeof value !== 'object' || value === null || !isCloned(value)
}

function isPlainlyCloneable(value: unknown): boolean {
  if (value === null) return true
  return typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol'
}

function partsOf(value: object): [key: string, part: unknown][] {
  if (Array.isArray(value)) return value.map((part, index) => [`[${index}]`, part])
  if (value instanceof Map) {
    return [...value].flatMap(([key, part]): [string, unknown][] => [
      ['.keys()', key],
      [`.get(${show(key)})`, part]
    ])
  }
  if (value instanceof Set) return [...value].map(part => ['.values()', part])
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return []
  return Object.keys(value).map(key => [
    /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`,
    (value as Record<string, unknown>)[key]
  ])
}

function isCloned(value: object): boolean {
  try {
    structuredClone(value)
    return true
  } catch {
    return false
  }
}
