import { performance } from 'node:perf_hooks'

/**
 * Milliseconds since the epoch that never run backwards. Every thread of a process reads the same value, so a
 * deadline can cross threads; `Date.now()` would move with the system clock.
 */
export function now(): number {
  return performance.timeOrigin + performance.now()
}

/** The longest delay a timer takes; Node turns a longer one into 1 ms. */
export const MAX_DELAY = 2 ** 31 - 1
