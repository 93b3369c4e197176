import { BridgeError } from '@bridge/core'
import { notCloneable } from '@bridge/core/executor'

/** The error for a value that a port did not accept; a port that knows the reason throws a BridgeError of its own. */
export function unsent(what: string, value: unknown, error: unknown): BridgeError {
  return error instanceof BridgeError ? error : notCloneable('a stream', what, value, error)
}
