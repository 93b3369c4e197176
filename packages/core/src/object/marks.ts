import { shared } from '../shared.js'

/** How a function in data is sent: as a callback, or as a one-way callback. */
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
 * Whether any function was ever marked: until then, data need not be searched for them. For authors of executors.
 *
 * @example
 * ```ts
 * const sent = hasMarks() ? refer(args, referenceOf) : undefined
 * ```
 */
export function hasMarks(): boolean {
  return holder.marks !== undefined
}
