import type { Task } from '@bridge/core/executor'
import { waker } from '../lane/waker.js'

/** How often, in milliseconds, a blocked wait does what timers would do. */
const TURN = 10

/** Who looks after everything else while a caller blocks. */
export interface BlockedOwner {
  /** A caller has been blocked for so many milliseconds. */
  onBlocked(milliseconds: number): void
}

/** A call that this thread is blocked by. */
export interface BlockedCall {
  readonly task: Pick<Task, 'name'>
  /** The id by which its thread knows it; 0 while it waits for a thread. */
  readonly id: number
  /** The wait ends by itself, and ends nothing with it. */
  readonly isBrief?: boolean
}

const calls: BlockedCall[] = []

/** When the owner was last asked to look after the others, by whatever blocks this thread. */
let lookedAt = 0

/**
 * Lets the owner look after its other calls where nothing has for a while: a thread that blocks again and again, or
 * takes items that are there already, waits for nothing long enough to do it in between.
 */
export function lookAround(owner: BlockedOwner, time = performance.now()): void {
  if (time - lookedAt < TURN) return
  lookedAt = time
  owner.onBlocked(0)
}

/** What this thread is blocked by now, the outermost first: a callback that is served meanwhile may block again. */
export function blockedCalls(): readonly BlockedCall[] {
  return calls
}

/** Blocks as a `Blocker` does, and lets the owner look after its other calls and its threads meanwhile. */
export function blockInTurns(
  call: BlockedCall,
  isDone: () => boolean,
  timeout: number,
  owner: BlockedOwner,
  spinFor = 0
): boolean {
  calls.push(call)
  const began = performance.now()
  lookAround(owner, began)
  try {
    for (let waited = 0; ; ) {
      if (waker.blockUntil(isDone, Math.min(timeout - waited, TURN), spinFor)) return true
      // By the clock: a callback that was served meanwhile may have taken many turns' time.
      waited = performance.now() - began
      if (waited >= timeout) return false
      lookedAt = began + waited
      owner.onBlocked(waited)
    }
  } finally {
    calls.pop()
  }
}
