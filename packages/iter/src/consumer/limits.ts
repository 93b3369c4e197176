import { CallTimeoutError } from '@bridge/core'
import { onAbort, reasonOf, Timer } from '@bridge/core/internal'

/** Limits that end a stream from outside. */
export interface StreamLimits {
  readonly timeout?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Calls `onLimit` with the reason when the time is over or the signal aborts. Returns a function that removes the timer and
 * the listener.
 */
export function watchStream(
  { timeout = Infinity, signal }: StreamLimits,
  onLimit: (reason: unknown) => void
): () => void {
  // A stream without a pending pull keeps no process alive, however long its timeout is.
  const timer = new Timer(timeout, () => onLimit(late(timeout))).keepAlive(false)
  let ignore = (): void => {}
  if (signal !== undefined) {
    ignore = onAbort(signal, onLimit)
    // In a microtask, as an event would: by then the caller has the stream.
    if (signal.aborted) queueMicrotask(() => onLimit(reasonOf(signal)))
  }
  return () => {
    timer.stop()
    ignore()
  }
}

/** The error of a stream that exceeded its timeout. */
export function late(timeout: number): CallTimeoutError {
  return new CallTimeoutError(`the stream did not end within ${timeout} ms (its timeout)`, timeout)
}

/** The error of a pull that exceeded its itemTimeout. */
export function itemLate(itemTimeout: number): CallTimeoutError {
  return new CallTimeoutError(
    `the stream gave no item within ${itemTimeout} ms (its itemTimeout)`,
    itemTimeout
  )
}

/** Calls `onLate` after `itemTimeout` milliseconds; no timer without a limit. */
export function itemTimer(itemTimeout: number | undefined, onLate: () => void): Timer | undefined {
  return itemTimeout === undefined || itemTimeout === Infinity ? undefined : new Timer(itemTimeout, onLate)
}

/** The error of a wait that exceeded its timeout; `what` describes the state. */
export function tooLate(what: string, timeout: number): CallTimeoutError {
  return new CallTimeoutError(`${what} within ${timeout} ms (its timeout)`, timeout)
}
