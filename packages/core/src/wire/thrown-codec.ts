import type { decodeThrown, encodeThrown } from './error.js'

interface ThrownCodec {
  readonly encodeThrown: typeof encodeThrown
  readonly decodeThrown: typeof decodeThrown
}

let loaded: ThrownCodec | undefined

/** Registers the code that encodes errors, which is large, and which a program without another executor never loads. */
export function provideThrownCodec(codec: ThrownCodec): void {
  loaded = codec
}

/**
 * The code that encodes errors. It is loaded wherever anything has come from another thread, since decoding errors
 * needs it.
 */
export function thrownCodec(): ThrownCodec {
  return loaded as ThrownCodec
}
