import { callerFrames, decodeThrown, type EncodedThrown } from '@bridge/core/executor'
import type { HeldStream } from './held-stream.js'

/** How a call ended, as it arrived; errors are decoded by whoever takes them, whose frames they then show. */
export type Settled =
  | { readonly value: unknown }
  | { readonly thrown: EncodedThrown }
  | { readonly reason: unknown }
  | { readonly stream: HeldStream }

/** What it gives whoever takes it: a value or a stream is returned, an error thrown. */
export function outcomeOf(settled: Settled): unknown {
  if ('value' in settled) return settled.value
  if ('stream' in settled) return settled.stream.take()
  if ('reason' in settled) throw settled.reason
  throw decodeThrown(settled.thrown, callerFrames())
}
