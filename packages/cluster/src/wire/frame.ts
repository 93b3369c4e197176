/*
 * The protocol between the processes of a cluster. A frame is, in bytes:
 *
 *   0      0xB1, to detect messages of other programs
 *   1      the version of this format
 *   2      the kind, below
 *   3      the codec of the payload (payload.ts)
 *   4..7   the call's id at its caller, little endian
 *   8..11  the length of the head in bytes
 *   12..   the head: JSON, which every version can read
 *   ...    the payload: a user's value, encoded by the codec
 *
 * A process of another version ignores frames that it cannot read, so its calls fail like lost calls.
 */

const MAGIC = 0xb1
export const VERSION = 1
const HEAD = 12

/** To a queue: a call, with `CallHead`. */
export const CALL = 1
/** To a worker: the call is cancelled; the payload is the reason. */
export const CANCEL = 2
/** To a worker: the caller waits for these calls. With `PingHead`. */
export const PING = 3
/** To all workers of a queue: asks which of these calls they have. With `IdsHead`. */
export const ASK = 4
/** To all workers of a queue: asks for their load; the id is the request's. With `FromHead`. */
export const WHO = 5
/** To a caller: asks whether it waits for these calls. It cancels those that it does not know. With `TakenHead`. */
export const THERE = 6

/** To all workers of a queue: the sender has more waiting calls of it than it runs. With `ShareHead`. */
export const SURPLUS = 7
/** To a worker: the sender has room for calls of that queue. With `ShareHead`. */
export const ROOM = 8

/** To a worker: the answer to a MARK. With `SeenHead`. */
export const SEEN = 9

/** To a caller: the worker has these calls. With `TakenHead`. */
export const TAKEN = 16
/** To a caller: the value of the call. */
export const VALUE = 17
/** To a caller: the error of the call, encoded; with `ThrownHead` if the task itself did not throw it. */
export const THROWN = 18
/** To a caller: its outcome is a stream. With the worker's address. */
export const STREAM = 19
/** To a caller: the worker did not run the call. With `RefusedHead`. */
export const REFUSED = 20
/** To a caller: the answer to a PING. With `PongHead`. */
export const PONG = 21
/** To a caller: the answer to a WHO, with its id. With `LoadHead`. */
export const LOAD = 22
/** To a caller: it confirms that what the worker has sent before has arrived, when there is room for more. With `MarkHead`. */
export const MARK = 23

/** In both directions: a message of a stream in the protocol of `@bridge/iter`, which numbers them. With `FromHead` to a worker. */
export const ITEMS = 32
/** In both directions: the sender's end of the stream is closed. With `FromHead` to a worker. */
export const CLOSED = 33

/** Several frames in one. */
export const BATCH = 64

/** The data of a call other than its arguments. */
export interface CallHead {
  /** The caller's address. */
  readonly from: string
  /** The function's name. */
  readonly name: string
  /** The module's name, and the caller's version of it. */
  readonly module: string
  readonly version: string
  /** The caller's version of Node, for messages. */
  readonly node: string
  /** The remaining milliseconds of the call's time when it was sent. */
  readonly left?: number
  readonly runTimeout?: number
  readonly priority?: number
  readonly affinity?: string
  readonly onTimeout?: 'abandon' | 'kill'
  /** How many items of a stream are requested with it. */
  readonly asked?: number
  /** Whether the payload is the arguments and the context, and not only the arguments. */
  readonly hasContext?: true
  /** Whether the caller wants to know how long the call waited, and where it ran. */
  readonly isTraced?: true
}

export interface FromHead {
  readonly from: string
}

export interface IdsHead extends FromHead {
  readonly ids: readonly number[]
}

export interface ShareHead extends FromHead {
  /** The queue's address. */
  readonly queue: string
  readonly count: number
}

export interface PingHead extends IdsHead {
  /** How many frames of each of its streams the caller has sent: if the worker has fewer, one was lost. */
  readonly sent?: readonly (readonly [id: number, frames: number])[]
}

export interface SeenHead extends FromHead {
  readonly mark: number
}

export interface MarkHead {
  readonly worker: string
  /** Its number at the worker. */
  readonly mark: number
  /** How many bytes the worker will send as soon as it is confirmed. */
  readonly asked: number
}

export interface TakenHead {
  readonly worker: string
  readonly ids: readonly number[]
}

export interface ThrownHead {
  /** The worker, or its thread, ended before the task did; the task itself did not throw. */
  readonly lost: true
}

export interface RefusedHead {
  readonly worker: string
  /** `full`: no room; `leaving`: the worker is stopping; `unknown`: the module is not offered, or not in this version. */
  readonly why: 'full' | 'leaving' | 'unknown'
  readonly message: string
}

export interface PongHead {
  readonly worker: string
  /** The calls that the worker does not have. */
  readonly unknown: readonly number[]
  /** How many frames of each of the caller's streams the worker has sent: if the caller has fewer, one was lost. */
  readonly sent: readonly (readonly [id: number, frames: number])[]
  /** The streams of which the worker has fewer frames than the caller has sent. */
  readonly lost?: readonly number[]
}

export interface LoadHead {
  readonly worker: string
  /** The offered modules, as `module@version`. */
  readonly offers: readonly string[]
  readonly running: number
  readonly queued: number
  /** It is being stopped, and takes no more calls. */
  readonly isLeaving?: true
}

/** A frame that has arrived. */
export interface Frame {
  readonly kind: number
  readonly id: number
  /** The head of its kind; an empty object if it has none. */
  readonly head: unknown
  /** A view of the bytes that have arrived. */
  readonly payload: Payload
}

/** An encoded payload. */
export interface Payload {
  readonly codec: number
  readonly bytes: Uint8Array
}

const NO_PAYLOAD: Payload = { codec: 0, bytes: new Uint8Array(0) }
const NO_HEAD = {}

/** The bytes of a frame. */
export function encodeFrame(kind: number, id: number, head?: object, payload: Payload = NO_PAYLOAD): Buffer {
  const text = head === undefined ? '' : JSON.stringify(head)
  const headLength = Buffer.byteLength(text)
  const frame = Buffer.allocUnsafe(HEAD + headLength + payload.bytes.length)
  frame[0] = MAGIC
  frame[1] = VERSION
  frame[2] = kind
  frame[3] = payload.codec
  frame.writeUInt32LE(id, 4)
  frame.writeUInt32LE(headLength, 8)
  if (headLength > 0) frame.write(text, HEAD)
  frame.set(payload.bytes, HEAD + headLength)
  return frame
}

/**
 * The frame in these bytes, as views of them; `undefined` if they are not a frame, or one of another version.
 */
export function decodeFrame(bytes: Uint8Array): Frame | undefined {
  if (bytes.length < HEAD || bytes[0] !== MAGIC || bytes[1] !== VERSION) return undefined
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const headLength = buffer.readUInt32LE(8)
  const start = HEAD + headLength
  if (start > buffer.length) return undefined
  const head = headLength === 0 ? NO_HEAD : parsed(buffer.toString('utf8', HEAD, start))
  if (head === undefined) return undefined
  const [, , kind, codec] = buffer as unknown as [number, number, number, number]
  return { kind, id: buffer.readUInt32LE(4), head, payload: { codec, bytes: buffer.subarray(start) } }
}

/** Several frames as one. */
export function encodeBatch(frames: readonly Uint8Array[]): Uint8Array {
  if (frames.length === 1) return frames[0] as Uint8Array
  const bytes = Buffer.allocUnsafe(frames.reduce((length, frame) => length + 4 + frame.length, 0))
  let at = 0
  for (const frame of frames) {
    at = bytes.writeUInt32LE(frame.length, at)
    bytes.set(frame, at)
    at += frame.length
  }
  return encodeFrame(BATCH, 0, undefined, { codec: 0, bytes })
}

/** The frames in a message: those of a batch, or a single one. */
export function framesIn(bytes: Uint8Array): Frame[] {
  const frame = decodeFrame(bytes)
  if (frame === undefined) return []
  if (frame.kind !== BATCH) return [frame]
  const { bytes: batch } = frame.payload
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength)
  const frames: Frame[] = []
  for (let at = 0; at + 4 <= batch.length; ) {
    const start = at + 4
    at = start + view.getUint32(at, true)
    const one = at > batch.length ? undefined : decodeFrame(batch.subarray(start, at))
    if (one !== undefined) frames.push(one)
  }
  return frames
}

function parsed(text: string): unknown {
  try {
    const head: unknown = JSON.parse(text)
    return typeof head === 'object' && head !== null ? head : undefined
  } catch {
    return undefined
  }
}
