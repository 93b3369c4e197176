import { types } from 'node:util'
import { checkCount, refuse } from '@bridge/core/internal'
import { ChannelMemory, WINDOW, WORDS } from './memory.js'

const VERSION = 1
const DEFAULT_BYTES = 64 * 1024 * 1024

/** Options of `channel`. */
export interface ChannelOptions {
  /** The maximum number of items in it; 1024 by default. */
  highWaterMark?: number | undefined
  /** The maximum number of bytes in it, and so the size of its largest item; 64 MB by default. It starts small and grows. */
  maxBytes?: number | undefined
}

/** A channel on its way to another thread: plain data over shared memory. */
export interface ChannelHandle<T> {
  readonly '@bridge/iter/channel': number
  readonly words: Int32Array<SharedArrayBuffer>
  readonly ring: SharedArrayBuffer
  /** Only for the compiler: the type of the items. */
  readonly item?: T | undefined
}

/** The memory of a new channel. */
export function newHandle<T>({ highWaterMark, maxBytes }: ChannelOptions): ChannelHandle<T> {
  checkCount('channel()', 'highWaterMark', highWaterMark, 1)
  checkCount('channel()', 'maxBytes', maxBytes, 64)
  // Both are stored in 32 bits.
  const limit = 2 ** 31 - 1
  const memory = ChannelMemory.allocate(
    Math.min(highWaterMark ?? 1024, limit),
    Math.min(maxBytes ?? DEFAULT_BYTES, limit)
  )
  return { '@bridge/iter/channel': VERSION, ...memory }
}

/** Throws if it is not a handle of this version. */
export function checkHandle(handle: unknown): void {
  const given = handle as Partial<ChannelHandle<unknown>> | null | undefined
  const isHandle =
    given?.['@bridge/iter/channel'] === VERSION &&
    isSharedWords(given.words) &&
    given.words.length === WORDS &&
    (given.words[WINDOW] as number) > 0 &&
    types.isSharedArrayBuffer(given.ring) &&
    given.ring.byteLength > 0
  if (!isHandle) refuse('openChannel()', "handle must be a channel's handle of the same version", handle)
}

function isSharedWords(words: unknown): words is Int32Array<SharedArrayBuffer> {
  return types.isInt32Array(words) && types.isSharedArrayBuffer(words.buffer)
}
