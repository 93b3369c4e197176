import { BridgeError } from '../errors/bridge-error.js'
import { callerFrames, isDebugging, userFrames } from '../wire/stack.js'

/**
 * Gives an error of ours that shows none of the user's frames, since it was made where only code of ours ran, those of
 * the caller that awaits it. To be called where it is about to be thrown there.
 */
export function showCaller(error: unknown): void {
  if (!(error instanceof BridgeError) || isDebugging()) return
  const { stack } = error
  const firstFrame = typeof stack === 'string' ? stack.search(/\n\s+at /) : -1
  if (firstFrame < 0 || userFrames(stack).length > 0) return
  const frames = callerFrames()
  if (frames !== '') error.stack = `${(stack as string).slice(0, firstFrame)}${frames}`
}
