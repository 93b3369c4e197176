import { adopt, checkFunction, checkMilliseconds, refuse, type Timer } from '@bridge/core/internal'
import { itemLate, itemTimer } from '../consumer/limits.js'

/**
 * The items of an async iterable, with a limit of `itemTimeout` milliseconds for each: if an item takes longer, the source
 * is closed by `return()`, without waiting for it, and the pull throws `CallTimeoutError`. For streams that are opened for
 * you, such as a pool's; `openStream` has it as an option.
 *
 * @throws InvalidArgumentError when an argument is invalid.
 * @example
 * ```ts
 * for await (const p of withItemTimeout(tasks.primes(1e6), 100)) console.log(p)
 * ```
 */
export function withItemTimeout<T>(
  source: AsyncIterable<T>,
  itemTimeout: number
): AsyncGenerator<T, void, undefined> {
  const where = 'withItemTimeout()'
  checkFunction(
    where,
    'source[Symbol.asyncIterator]',
    (source as Partial<AsyncIterable<T>>)?.[Symbol.asyncIterator]
  )
  if (itemTimeout === undefined) refuse(where, 'itemTimeout must be a number of milliseconds', itemTimeout)
  checkMilliseconds(where, 'itemTimeout', itemTimeout)
  return limited(source[Symbol.asyncIterator](), itemTimeout)
}

async function* limited<T>(
  iterator: AsyncIterator<T>,
  itemTimeout: number
): AsyncGenerator<T, void, undefined> {
  let isOpen = true
  try {
    for (;;) {
      const result = await inTime(iterator.next(), itemTimeout)
      if (result?.done === false) yield result.value
      else {
        isOpen = false
        if (result !== undefined) return
        // Not awaited: a source that produces no item may not end either.
        adopt(iterator.return?.()).catch(() => {})
        throw itemLate(itemTimeout)
      }
    }
  } catch (error) {
    isOpen = false
    throw error
  } finally {
    if (isOpen) await iterator.return?.()
  }
}

/** The promise's result; `undefined` if it settles too late. */
async function inTime<R>(promise: Promise<R>, milliseconds: number): Promise<R | undefined> {
  let timer: Timer | undefined
  const late = new Promise<undefined>(resolve => {
    timer = itemTimer(milliseconds, () => resolve(undefined))
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    timer?.stop()
  }
}
