/** How a thread waits for a port without its event loop. */
export interface Blocker {
  /**
   * Blocks this thread until `isDone` answers true, at most `timeout` milliseconds (no limit unless set); whether it
   * did. It is asked first, and again after every wake-up; it may throw, which ends the wait.
   */
  blockUntil(isDone: () => boolean, timeout?: number): boolean
  /**
   * Called now and then while items are there and nothing is waited for, about each half millisecond, to do what a
   * timer would do if this thread's event loop turned.
   */
  look?(): void
}
