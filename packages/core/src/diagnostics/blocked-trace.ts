import { diagnostics } from '../node.js'
import { currentScope } from '../scope/scope.js'
import { stackBelow } from '../wire/own-modules.js'

/**
 * What a subscriber of `bridge:blocked` is given.
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
  /** How long the thread was held, in milliseconds. */
  readonly duration: number
  /** Where the call was made: its first frame is the code that blocked. */
  readonly stack: string
}

const channel = diagnostics.channel('bridge:blocked')

/**
 * When a call that blocks this thread does so inside a `runScope`, and somebody listens: what tells the channel how
 * long it took. Inside a scope there is usually a request, and a server's thread should not stand still. `entry` is
 * the method that the user called. (synchronicity warns of the same.)
 */
export function blockedTrace(
  entry: () => unknown
): ((blocked: Omit<BlockedTrace, 'stack'>) => void) | undefined {
  if (!channel.hasSubscribers || currentScope() === undefined) return undefined
  const stack = stackBelow(entry)
  return blocked => channel.publish({ ...blocked, stack })
}
