import diagnostics from 'node:diagnostics_channel'
import type { CallTarget } from '../call/target.js'
import { currentScope } from '../scope/scope.js'

/** What a subscriber of `bridge:blocked` is given. */
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
 * Runs a blocking call and, when it held the thread inside a `runScope`, tells the channel `bridge:blocked` for
 * how long and from where: inside a scope there is usually a request, and a server's thread should not stand
 * still. `entry` is the method that the user called. Costs nothing while nobody subscribes. (synchronicity warns of the same.)
 *
 * @example
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel'
 * subscribe('bridge:blocked', ({ name, duration, stack }) => console.warn(`${name}() blocked ${duration} ms`, stack))
 * ```
 */
export function tracingBlocked<R>(target: CallTarget, entry: () => unknown, run: () => R): R {
  if (!channel.hasSubscribers || currentScope() === undefined) return run()
  const held = { stack: '' }
  Error.captureStackTrace(held, entry)
  const began = performance.now()
  try {
    return run()
  } finally {
    const duration = performance.now() - began
    const trace: BlockedTrace = {
      name: target.name,
      executor: target.executor.name,
      duration,
      stack: held.stack
    }
    channel.publish(trace)
  }
}
