import { callerFrames, decodeThrown, type EncodedThrown } from '@bridge/core/executor'
import type { HeldStream } from './held-stream.js'

/**
 * How a call ended, as received; errors are decoded where they are taken, so that they show the frames of that caller.
 */
export type Outcome =
  | { readonly value: unknown }
  | { readonly thrown: EncodedThrown }
  | { readonly reason: unknown }
  | { readonly stream: HeldStream }

/** Returns a value or a stream, throws an error. */
export function takeOutcome(settled: Outcome): unknown {
  if ('value' in settled) return settled.value
  if ('stream' in settled) return settled.stream.take()
  if ('reason' in settled) throw settled.reason
  throw decodeThrown(settled.thrown, callerFrames())
}
