/** How a thread waits for a port without its event loop. */
export interface Blocker {
  /**
   * Blocks this thread until `isDone` returns true, at most `timeout` milliseconds (no limit by default); returns whether
   * it did. `isDone` is called first, and again after every wake-up; if it throws, the wait ends.
   */
  blockUntil(isDone: () => boolean, timeout?: number): boolean
  /**
   * Called about every half millisecond while items are available without waiting, to do what a timer would do if this
   * thread's event loop turned.
   */
  poll?(): void
}
