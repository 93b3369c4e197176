import { onAbort, Timer } from '@bridge/core/internal'

/**
 * Waits for `change`, at most until `ends` on the clock of `performance.now()`; returns whether the change came. It leaves
 * no timer and no listener behind.
 *
 * @throws the signal's reason when it aborts.
 */
export function untilAny(
  change: Promise<void>,
  ends: number,
  signal: AbortSignal | undefined
): Promise<boolean> {
  if (ends === Infinity && signal === undefined) return change.then(() => true)
  return new Promise((resolve, reject) => {
    const left = Math.max(0, ends - performance.now())
    const timer = new Timer(left, () => settle(() => resolve(false)))
    const settle = (end: () => void): void => {
      timer.stop()
      ignore?.()
      end()
    }
    const ignore = signal === undefined ? undefined : onAbort(signal, reason => settle(() => reject(reason)))
    change.then(() => settle(() => resolve(true)))
  })
}
