import { diagnostics } from '../node.js'

/**
 * The message of the channel `bridge:dropped`: a call that its scope or group ended, and whose rejection had no handler
 * one turn of the event loop later. Such a rejection is not an unhandled rejection.
 *
 * @example
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel'
 * subscribe('bridge:dropped', ({ name, executor, reason }) => console.debug(`${name}() on ${executor}: ${reason}`))
 * ```
 */
export interface DroppedTrace {
  /** The function's name. */
  readonly name: string
  /** The executor's name. */
  readonly executor: string
  /** What the call rejected with. */
  readonly reason: unknown
}

const channel = diagnostics.channel('bridge:dropped')

/** Publishes a call that has rejected, if `isHandled` still returns false one turn of the event loop later. */
export function traceDropped(
  { name, executor }: { readonly name: string; readonly executor: { readonly name: string } },
  reason: unknown,
  isHandled: () => boolean
): void {
  if (!channel.hasSubscribers) return
  setImmediate(() => {
    if (!isHandled()) channel.publish({ name, executor: executor.name, reason } satisfies DroppedTrace)
  })
}
