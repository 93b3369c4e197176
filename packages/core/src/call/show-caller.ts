import { BridgeError } from '../errors/bridge-error.js'
import { callerFrames, isDebugging, userFrames } from '../wire/stack.js'

/**
 * Adds the frames of the awaiting caller to an error of ours that has no frame of the user, because it was created
 * while only our code was running. To be called right before the error is thrown to that caller.
 */
export function showCaller(error: unknown): void {
  if (!(error instanceof BridgeError) || isDebugging()) return
  const { stack } = error
  const firstFrame = typeof stack === 'string' ? stack.search(/\n\s+at /) : -1
  if (firstFrame < 0 || userFrames(stack).length > 0) return
  const frames = callerFrames()
  if (frames !== '') error.stack = `${(stack as string).slice(0, firstFrame)}${frames}`
}
