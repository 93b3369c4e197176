import { setMaxListeners } from 'node:events'
import { CallTimeoutError } from '@bridge/core'
import { refuse } from '@bridge/core/executor'

/** The longest delay a timer takes; Node turns a longer one into 1 ms. */
export const MAX_DELAY = 2 ** 31 - 1

/** What ends a stream from outside. */
export interface StreamLimits {
  readonly timeout?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** Refuses what is not an AbortSignal; `undefined` is fine. */
export function checkSignal(where: string, value: unknown): void {
  if (value === undefined || value instanceof AbortSignal) return
  refuse(where, 'signal must be an AbortSignal', value)
}

/**
 * Calls `onLimit` with the reason when the time is up or the signal aborts. Returns what removes the timer and the
 * listener.
 */
export function watchStream(
  { timeout, signal }: StreamLimits,
  onLimit: (reason: unknown) => void
): () => void {
  const onAbort = (): void => onLimit(signal?.reason)
  const timer =
    timeout === undefined || timeout > MAX_DELAY
      ? undefined
      : setTimeout(() => onLimit(late(timeout)), timeout)
  // A stream that nobody pulls from keeps no process alive, however long it may last.
  timer?.unref()
  if (signal !== undefined) {
    // A request's signal may bound many streams: more than ten listeners are no leak, and Node need not warn.
    setMaxListeners(Infinity, signal)
    signal.addEventListener('abort', onAbort)
    // Later, as by an event: who opens the stream has it in hand by then.
    if (signal.aborted) queueMicrotask(onAbort)
  }
  return () => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
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

/** Calls `onLate` after so many milliseconds; never where there are more than a timer can count. */
export function itemTimer(itemTimeout: number | undefined, onLate: () => void): NodeJS.Timeout | undefined {
  return itemTimeout === undefined || itemTimeout > MAX_DELAY ? undefined : setTimeout(onLate, itemTimeout)
}

/** The error of a wait that took longer than it may; `what` is how it stood. */
export function tooLate(what: string, timeout: number): CallTimeoutError {
  return new CallTimeoutError(`${what} within ${timeout} ms (its timeout)`, timeout)
}
