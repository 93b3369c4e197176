import { deserialize, serialize } from 'node:v8'
import { notCloneable } from '@bridge/core/executor'
import { referLost } from '@bridge/core/internal'
import { type LostReferences, restored } from '../protocol/lost.js'

const NUMBER = 0
const TEXT = 1
const OTHER = 2
const LOST = 3

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Encodes an item as bytes; numbers and strings without the cost of v8.serialize. */
export function encodeItem(item: unknown): [kind: number, bytes: Uint8Array] {
  if (typeof item === 'number') return [NUMBER, new Uint8Array(new Float64Array([item]).buffer)]
  // A lone surrogate cannot be encoded in UTF-8.
  if (typeof item === 'string' && (item as { isWellFormed?(): boolean }).isWellFormed?.() === true) {
    return [TEXT, encoder.encode(item)]
  }
  try {
    const sent = referLost('a channel', 'item', item)
    return sent === undefined ? [OTHER, serialize(item)] : [LOST, serialize([sent.data, sent.references])]
  } catch (error) {
    throw notCloneable('a channel', 'item', item, error)
  }
}

export function decodeItem(kind: number, bytes: Uint8Array): unknown {
  if (kind === NUMBER) return new Float64Array(bytes.buffer as ArrayBuffer)[0]
  if (kind === TEXT) return decoder.decode(bytes)
  if (kind !== LOST) return deserialize(bytes)
  const [data, beside] = deserialize(bytes) as [unknown, LostReferences]
  return restored(data, beside, undefined)
}
