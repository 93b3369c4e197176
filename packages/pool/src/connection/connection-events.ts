import type { PrintedMessage, Report } from './wire.js'

/** The events of a connection, for the parent. */
export interface ConnectionEvents {
  onReport(report: Report): void
  /** A report may follow: messages that the thread has sent before in other ways are handled first. */
  onBefore(): void
  /**
   * The thread has printed something. This is reported as soon as it is read, since it comes before all later reports.
   */
  onPrinted(message: PrintedMessage): void
  /** The thread's end was closed, because the thread ended or by code on it. */
  onCut(): void
  /** The thread has ended: no more messages arrive. */
  onGone(exitedSilently: boolean): void
}
