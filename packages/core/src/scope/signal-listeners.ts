import { CallAbortedError } from '../errors/errors.js'

/** The listeners of a signal, called by the one listener that is attached to it. */
interface Attached {
  readonly listeners: Set<(reason: unknown) => void>
  readonly onAbort: () => void
}

const reasons = new WeakMap<AbortSignal, unknown>()

/**
 * Why a signal has aborted; always the same object, also for signals of older libraries, which have no reason.
 *
 * @example
 * ```ts
 * if (signal.aborted) stop(reasonOf(signal))
 * ```
 */
export function reasonOf(signal: AbortSignal): unknown {
  if (signal.reason !== undefined) return signal.reason
  if (!reasons.has(signal)) reasons.set(signal, new CallAbortedError('The signal of the call was aborted'))
  return reasons.get(signal)
}

const attached = new WeakMap<AbortSignal, Attached>()

/**
 * Calls `listener` with the signal's reason when it aborts; returns a function that removes the listener. All listeners
 * of a signal share one that is attached to it: a request's signal bounds all of its calls, and an EventTarget searches
 * all of its listeners for each one that is added or removed.
 *
 * @example
 * ```ts
 * const ignore = onAbort(signal, reason => stop(reason))
 * ```
 */
export function onAbort(signal: AbortSignal, listener: (reason: unknown) => void): () => void {
  let shared = attached.get(signal)
  if (shared === undefined) {
    shared = attach(signal)
    attached.set(signal, shared)
  }
  const { listeners } = shared
  // A separate function, because the same listener may be added twice.
  const own = (reason: unknown): void => listener(reason)
  listeners.add(own)
  return () => {
    if (listeners.delete(own) && listeners.size === 0) detach(signal)
  }
}

function attach(signal: AbortSignal): Attached {
  const listeners: Attached['listeners'] = new Set()
  const aborted = (): void => {
    detach(signal)
    for (const listener of [...listeners]) if (listeners.delete(listener)) listener(reasonOf(signal))
  }
  signal.addEventListener('abort', aborted)
  return { listeners, onAbort: aborted }
}

function detach(signal: AbortSignal): void {
  const shared = attached.get(signal)
  if (shared === undefined) return
  attached.delete(signal)
  signal.removeEventListener('abort', shared.onAbort)
}
