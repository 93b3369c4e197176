import { waker } from '../lane/waker.js'

/** How often, in milliseconds, a blocked wait does what timers would do. */
const TURN = 10

/** Who looks after everything else while a caller blocks. */
export interface BlockedOwner {
  /** A caller has been blocked for so many milliseconds. */
  onBlocked(milliseconds: number): void
}

/** Blocks as a `Blocker` does, and lets the owner look after its other calls and its threads meanwhile. */
export function blockInTurns(
  isDone: () => boolean,
  timeout: number,
  owner: BlockedOwner,
  spinFor = 0
): boolean {
  for (let waited = 0; ; waited += TURN) {
    const left = timeout - waited
    if (waker.blockUntil(isDone, Math.min(left, TURN), spinFor)) return true
    if (left <= TURN) return false
    owner.onBlocked(waited + TURN)
  }
}
