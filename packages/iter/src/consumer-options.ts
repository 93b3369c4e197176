import type { Live } from './lost.js'

/** What a consumer is told. */
export interface ConsumerOptions {
  /** The most items that may be produced ahead; zero when each pull is to be one step. */
  readonly window: number
  /** Whether a step may have a value. */
  readonly isTwoWay: boolean
  /** How far the window may widen for a consumer that takes items fast. */
  readonly widest: number
  /** How many items of the window were asked for before, in another way. */
  readonly asked: number
  /** Milliseconds that stopping waits for the producer's `finally`. */
  readonly closeTimeout: number
  /** Called after each message to the producer. */
  readonly onSend: (() => void) | undefined
  /** Called when the stream was stopped and `closeTimeout` has passed, but the producer has not ended; gives how long it is waited for yet. */
  readonly onStuck: (() => number | undefined) | undefined
  /** Gives what stands for what stays where the stream is produced. */
  readonly live: Live | undefined
  /** Whether the port is left open where the producer has ended. */
  readonly keepPort: boolean
  /** Called once, when the producer has ended, has gone or was abandoned; with whether the port was left open. */
  readonly onEnd: (isKept: boolean) => void
}
