import { NativePromise } from '@bridge/core/executor'
import { MAX_DELAY } from '../limits.js'

/**
 * Waits for `change`, no longer than until `ends` on the clock of `performance.now()`; whether it came. It leaves no
 * timer and no listener behind.
 *
 * @throws the signal's reason when it aborts.
 */
export function untilAny(
  change: Promise<void>,
  ends: number,
  signal: AbortSignal | undefined
): Promise<boolean> {
  if (ends === Infinity && signal === undefined) return change.then(() => true)
  return new NativePromise((resolve, reject) => {
    const left = Math.max(0, ends - performance.now())
    const timer = left > MAX_DELAY ? undefined : setTimeout(() => settle(() => resolve(false)), left)
    const onAbort = (): void => settle(() => reject(signal?.reason))
    const settle = (end: () => void): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      end()
    }
    signal?.addEventListener('abort', onAbort)
    change.then(() => settle(() => resolve(true)))
  })
}
