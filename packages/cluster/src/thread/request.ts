import { MOST_TEXT } from '../wire/text.js'

/** The kinds of results that a thread returns to its process. */
export const GAVE_VALUE = 0
export const GAVE_ERROR = 1

/** A payload between a process and its threads: a short one is a string with one byte per character, which needs no message. */
export type Bytes = string | Uint8Array

/** The result of a call on its thread, except a stream. */
export type ThreadResult = readonly [kind: typeof GAVE_VALUE | typeof GAVE_ERROR, codec: number, bytes: Bytes]

/** A call for a thread. */
export type ThreadRequest = readonly [
  name: string,
  /** URL of the module, on this machine. */
  module: string,
  codec: number,
  bytes: Bytes,
  /** Whether the payload is the arguments and the context, and not only the arguments. */
  hasContext: boolean,
  deadline: number | undefined,
  /** How many items of a stream are requested with it. */
  asked: number,
  /** The caller's version of Node. */
  node: string,
  /** The modules that may be imported to restore contexts. */
  carriers: readonly string[],
  hidePaths: boolean,
  /** How many bytes a message of its stream may have. */
  most: number
]

/** The form in which bytes cross to a thread or back: up to this length a string is cheaper than a message. */
export function toBytes(bytes: Uint8Array): Bytes {
  if (bytes.length > MOST_TEXT) return bytes
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

export function fromBytes(bytes: Bytes): Uint8Array {
  return typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes
}
