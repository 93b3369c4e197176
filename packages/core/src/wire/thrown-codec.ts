import type { decodeThrown, encodeThrown } from './error.js'

interface ThrownCodec {
  readonly encodeThrown: typeof encodeThrown
  readonly decodeThrown: typeof decodeThrown
}

let loaded: ThrownCodec | undefined

/** Makes known what encodes errors, which is much, and which who has no executor elsewhere never loads. */
export function provideThrownCodec(codec: ThrownCodec): void {
  loaded = codec
}

/** What encodes errors. It is there wherever anything has come from another thread, which takes it to decode errors. */
export function thrownCodec(): ThrownCodec {
  return loaded as ThrownCodec
}
