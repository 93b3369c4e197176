import type { Live } from '../protocol/lost.js'

/** Options of a consumer. */
export interface ConsumerOptions {
  /** The maximum number of items that may be produced ahead; 0 if each pull is one step. */
  readonly window: number
  /** Whether a step may pass a value. */
  readonly isTwoWay: boolean
  /** How large the window may become for a consumer that takes items fast. */
  readonly widest: number
  /** How many items of the window were requested already, by the call that made the stream. */
  readonly asked: number
  /** Milliseconds that stopping waits for the producer's `finally`. */
  readonly closeTimeout: number
  /** Called after each message to the producer. */
  readonly onSend: (() => void) | undefined
  /** Called when the stream was stopped and `closeTimeout` has passed, but the producer has not ended; returns how many milliseconds more to wait. */
  readonly onStuck: (() => number | undefined) | undefined
  /** Resolves references to values that stay on the producer's thread. */
  readonly live: Live | undefined
  /** Whether the port is left open when the producer has ended. */
  readonly keepPort: boolean
  /** Called once, when the producer has ended, is gone or was abandoned; `isKept` is whether the port was left open. */
  readonly onEnd: (isKept: boolean) => void
}
