import { CallTimeoutError } from '@bridge/core'
import { onAbort, reasonOf, Timer } from '@bridge/core/internal'

/** What ends a stream from outside. */
export interface StreamLimits {
  readonly timeout?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Calls `onLimit` with the reason when the time is up or the signal aborts. Returns what removes the timer and the
 * listener.
 */
export function watchStream(
  { timeout = Infinity, signal }: StreamLimits,
  onLimit: (reason: unknown) => void
): () => void {
  // A stream that no pull waits for keeps no process alive, however long it may last.
  const timer = new Timer(timeout, () => onLimit(late(timeout))).keepAlive(false)
  let ignore = (): void => {}
  if (signal !== undefined) {
    ignore = onAbort(signal, onLimit)
    // Later, as by an event: what opens the stream has it in hand by then.
    if (signal.aborted) queueMicrotask(() => onLimit(reasonOf(signal)))
  }
  return () => {
    timer.stop()
    ignore()
  }
}

/** The error of a stream that took longer than it may. */
export function late(timeout: number): CallTimeoutError {
  return new CallTimeoutError(`the stream did not end within ${timeout} ms (its timeout)`, timeout)
}

/** The error of a pull that waited longer than it may. */
export function itemLate(itemTimeout: number): CallTimeoutError {
  return new CallTimeoutError(
    `the stream gave no item within ${itemTimeout} ms (its itemTimeout)`,
    itemTimeout
  )
}

/** Calls `onLate` after so many milliseconds. */
export function itemTimer(itemTimeout: number | undefined, onLate: () => void): Timer | undefined {
  return itemTimeout === undefined || itemTimeout === Infinity ? undefined : new Timer(itemTimeout, onLate)
}

/** The error of a wait that took longer than it may; `what` is how it stood. */
export function tooLate(what: string, timeout: number): CallTimeoutError {
  return new CallTimeoutError(`${what} within ${timeout} ms (its timeout)`, timeout)
}
