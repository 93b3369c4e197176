import type { StreamSource } from '../executor/executor.js'
import { isMarked } from '../shared.js'

const mark = Symbol.for('@bridge/core/stream-source')

/**
 * Marks a `StreamSource`, so that the outcome of a task is treated as a stream only if it is one, and not because it
 * has the same members. For authors of executors.
 *
 * @example
 * ```ts
 * return streamSource({ next, return: stop, throw: fail })
 * ```
 */
export function streamSource<S extends StreamSource>(source: S): S {
  Object.defineProperty(source, mark, { value: true })
  return source
}

/**
 * Whether a task's outcome is a marked `StreamSource`. For authors of executors.
 *
 * @example
 * ```ts
 * const outcome = await inline.start(task).promise
 * if (isSource(outcome)) return serve(outcome)
 * ```
 */
export function isSource(value: unknown): value is StreamSource {
  return isMarked(value, mark)
}
