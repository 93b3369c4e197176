import diagnostics from 'node:diagnostics_channel'
import type { EndCause } from './thread-ends.js'

/** What a subscriber of `bridge:pool:thread` is given. */
export type ThreadTrace =
  | { readonly event: 'started'; readonly pool: string; readonly threadId: number }
  | {
      readonly event: 'ended'
      readonly pool: string
      readonly threadId: number
      readonly cause: EndCause
      /** The cause in words, with what the thread said of it. */
      readonly why: string
      /** The error or rejection that nothing there caught, where that was it; with its stack in the thread. */
      readonly error?: unknown
    }

/**
 * Tells of every thread of every pool, `loop` included, when it is started and when it has ended. Costs nothing while
 * nobody subscribes.
 *
 * @example
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel'
 * subscribe('bridge:pool:thread', trace => console.log(trace)) // { event: 'ended', cause: 'memory', … }
 * ```
 */
const channel = diagnostics.channel('bridge:pool:thread')

/** Publishes one event, if anybody listens. */
export function traceThread(trace: ThreadTrace): void {
  if (channel.hasSubscribers) channel.publish(trace)
}
