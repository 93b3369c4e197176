import type { Task } from '@bridge/core/executor'
import { waker } from '../connection/waker.js'

/** How often, in milliseconds, a blocked wait does the work of timers. */
const TURN = 10

/** Handles everything else while a caller blocks. */
export interface BlockedExecutor {
  /** A caller has been blocked for this many milliseconds. */
  onBlocked(milliseconds: number): void
}

/** A call that blocks this thread. */
export interface BlockedCall {
  readonly task: Pick<Task, 'name'>
  /** The id by which its thread knows it; 0 while it waits for a thread. */
  readonly id: number
  /** The wait ends by itself, without ending the call. */
  readonly isBrief?: boolean
}

const calls: BlockedCall[] = []

/** When the executor was last asked to handle its other calls, by any blocking code of this thread. */
let lookedAt = 0

/**
 * Lets the executor handle its other calls if that has not happened for a while: a thread that blocks again and again,
 * or takes items that have already arrived, never waits long enough for that.
 */
export function checkLimits(executor: BlockedExecutor, time = performance.now()): void {
  if (time - lookedAt < TURN) return
  lookedAt = time
  executor.onBlocked(0)
}

/** What currently blocks this thread, the outermost first: a callback that is served in the meantime may block again. */
export function blockedCalls(): readonly BlockedCall[] {
  return calls
}

/** Blocks like a `Blocker`, and lets the executor handle its other calls and its threads in the meantime. */
export function blockInTurns(
  call: BlockedCall,
  isDone: () => boolean,
  timeout: number,
  executor: BlockedExecutor,
  spinFor = 0
): boolean {
  calls.push(call)
  const began = performance.now()
  checkLimits(executor, began)
  try {
    for (let waited = 0; ; ) {
      if (waker.blockUntil(isDone, Math.min(timeout - waited, TURN), spinFor)) return true
      // Measured by the clock: a callback that was served in the meantime may have taken long.
      waited = performance.now() - began
      if (waited >= timeout) return false
      lookedAt = began + waited
      executor.onBlocked(waited)
    }
  } finally {
    calls.pop()
  }
}
