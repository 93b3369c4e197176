/**
 * Prints an error that ended a thread, if no call, stream or start there has failed with it: otherwise it would be
 * lost.
 */
export function printUncaught(executor: string, error: unknown): void {
  console.error(`A thread of ${executor} ended by an error that nothing there caught:`, error)
}
