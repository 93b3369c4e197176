import { diagnostics } from '../node.js'
import { currentScope } from '../scope/scope.js'
import { stackBelow } from '../wire/own-modules.js'

/**
 * The message of the channel `bridge:blocked`.
 *
 * @example
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel'
 * subscribe('bridge:blocked', ({ name, duration, stack }) => console.warn(`${name}() blocked ${duration} ms`, stack))
 * ```
 */
export interface BlockedTrace {
  /** The function's name. */
  readonly name: string
  /** The executor's name. */
  readonly executor: string
  /** How long the thread was blocked, in milliseconds. */
  readonly duration: number
  /** Where the call was made: its first frame is the code that blocked. */
  readonly stack: string
}

const channel = diagnostics.channel('bridge:blocked')

/**
 * Returns what reports the duration of a blocking call to the channel, if the call is made inside a `runScope` and the
 * channel has subscribers. Code in a scope usually serves a request, and should not block a server's thread. `entry` is
 * the method that the user called. (synchronicity warns of the same.)
 */
export function blockedTrace(
  entry: () => unknown
): ((blocked: Omit<BlockedTrace, 'stack'>) => void) | undefined {
  if (!channel.hasSubscribers || currentScope() === undefined) return undefined
  const stack = stackBelow(entry)
  return blocked => channel.publish({ ...blocked, stack })
}
