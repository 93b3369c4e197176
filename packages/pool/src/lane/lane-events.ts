import type { PrintedMessage, Report } from './wire.js'

/** What a lane tells its owner. */
export interface LaneEvents {
  onReport(report: Report): void
  /** A report may follow: what the thread has told on other ways before it comes before it. */
  onBefore(): void
  /** The thread has printed something. It is told as soon as it is read, since it comes before all that is told later. */
  onPrinted(message: PrintedMessage): void
  /** The thread's end was closed, by its end or by something there. */
  onCut(): void
  /** The thread has ended: nothing more comes. */
  onGone(hasVanished: boolean): void
}
