import diagnostics from 'node:diagnostics_channel'
import type { EndCause } from './thread-ends.js'

/** The message of the channel `bridge:pool:thread`. */
export type ThreadTrace =
  | { readonly event: 'started'; readonly pool: string; readonly threadId: number }
  | {
      readonly event: 'ended'
      readonly pool: string
      readonly threadId: number
      readonly cause: EndCause
      /** The cause in words, with what the thread reported. */
      readonly why: string
      /** The uncaught error or unhandled rejection, if that was the cause; with its stack in the thread. */
      readonly error?: unknown
    }

/**
 * Reports every thread of every pool, `loop` included, when it is started and when it has ended. Costs nothing without
 * subscribers.
 *
 * @example
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel'
 * subscribe('bridge:pool:thread', trace => console.log(trace)) // { event: 'ended', cause: 'memory', … }
 * ```
 */
const channel = diagnostics.channel('bridge:pool:thread')

/** Publishes one event, if there is a subscriber. */
export function traceThread(trace: ThreadTrace): void {
  if (channel.hasSubscribers) channel.publish(trace)
}
