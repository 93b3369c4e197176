/** A call that this thread is blocked by. */
export interface BlockedCall {
  readonly name: string
  /** The id by which its thread knows it; 0 while it waits for a thread. */
  readonly id: number
}

/** What this thread is blocked by, the outermost first: a callback that is served meanwhile may block again. */
const calls: BlockedCall[] = []

/** Blocks by `block` for the sake of a call. */
export function blockedOn<T>(call: BlockedCall, block: () => T): T {
  calls.push(call)
  try {
    return block()
  } finally {
    calls.pop()
  }
}

/** What this thread is blocked by now, the outermost first. */
export function blockedCalls(): readonly BlockedCall[] {
  return calls
}
