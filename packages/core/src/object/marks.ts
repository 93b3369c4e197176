import { shared } from '../shared.js'

/** How a function crosses that is part of data: as a callback, or as one that nobody waits for. */
export type Mark = 'proxy' | 'notify'

const holder = shared<{ marks?: WeakMap<object, Mark> }>('@bridge/core/callbacks', () => ({}))

export function mark<F extends object>(fn: F, as: Mark): F {
  holder.marks ??= new WeakMap()
  holder.marks.set(fn, as)
  return fn
}

/**
 * How a function was marked by `proxy()` or `notify()`. For authors of executors.
 *
 * @example
 * ```ts
 * if (markOf(callback) === 'notify') return
 * ```
 */
export function markOf(fn: object): Mark | undefined {
  return holder.marks?.get(fn)
}

/**
 * Whether any function was ever marked: while none was, data need not be looked through for them. For authors of
 * executors.
 *
 * @example
 * ```ts
 * const sent = hasMarks() ? refer(args, referenceOf) : undefined
 * ```
 */
export function hasMarks(): boolean {
  return holder.marks !== undefined
}
