// Not a module's variable: each copy of this package in the thread must know it.
const slot = Symbol.for('@bridge/pool/thread-number')
const holder = globalThis as { [slot]?: number }

/**
 * Which thread of its pool this one is: 1 to `maxThreads`, and `undefined` outside of a pool's threads. It stays the
 * same for as long as the thread lives, and whichever replaces the thread has it next, when the earlier one has ended:
 * for what each thread has of its own, such as a database, a directory or a port. `setup` and `teardown` can ask, too.
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

/** What this thread is asked for from now on. */
export function setThreadNumber(number: number): void {
  holder[slot] = number
}
