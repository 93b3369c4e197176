import type { Report } from './wire.js'

/** What a lane tells its owner. */
export interface LaneEvents {
  onReport(report: Report): void
  /** This thread is blocked, and looks at everything that may have arrived. */
  onLook(): void
  /** The thread's end was closed, by its end or by something there. */
  onCut(): void
  /** The thread has ended: nothing more comes. */
  onGone(hasVanished: boolean): void
}
