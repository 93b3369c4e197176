// Not a module's variable: each copy of this package on the thread must know it.
const slot = Symbol.for('@bridge/pool/thread-number')
const holder = globalThis as { [slot]?: number }

/**
 * The number of this thread in its pool: 1 to `maxThreads`, and `undefined` outside a pool's threads. It stays the same
 * as long as the thread lives, and the thread that replaces it gets the number when the earlier one has ended: for
 * resources of a thread, such as a database, a directory or a port. `setup` and `teardown` can call it, too.
 *
 * @example
 * ```ts
 * import { threadNumber } from '@bridge/pool'
 *
 * const database = await connect(`test_${threadNumber()}`)
 * ```
 */
export function threadNumber(): number | undefined {
  return holder[slot]
}

/** Sets the number of this thread. */
export function setThreadNumber(number: number): void {
  holder[slot] = number
}
