import { types } from 'node:util'
import { Deserializer, Serializer } from 'node:v8'
import { NotCloneableError } from '@bridge/core'
import {
  decodeThrown,
  dereference,
  type EncodedThrown,
  encodeThrown,
  type Placed,
  type Referring,
  refer,
  referenceTo,
  takeTransfers
} from '@bridge/core/executor'
import {
  clonedPartsOf,
  holds,
  isError,
  isLostOnWire,
  isObject,
  type LostOnWire,
  lostIn,
  namesClasses,
  pathOf,
  restoreLost
} from '@bridge/core/internal'
import type { Payload } from './frame.js'
import { fromText, listToText, MOST_TEXT, toText } from './text.js'

/*
 * Values as bytes, in V8's own format, which differs between versions: Node 22 and later cannot read an error with a cause that
 * Node 20 has written, and Node 20 and 22 cannot read a Float16Array. So errors are encoded in core's form, as plain data, and
 * other unreadable values are an error of their call. Short primitive values are JSON, for speed.
 */

/** The value itself. */
const PLAIN = 1
/** The data, with references beside it. */
const REFERRING = 2
/** Primitive values, in the form of `text.ts`. */
const TEXT = 3

type Reference = LostOnWire | readonly [kind: 'error', thrown: EncodedThrown]

/** Objects that belong to their process, although a structured clone could send them to another thread. */
const CLONED_BY_NODE = ['messaging_clone_symbol', 'messaging_transfer_symbol']

/** V8's format without shared memory: views with their whole buffers, each once. */
class PayloadSerializer extends Serializer {
  // Called by V8 by this name.
  _getSharedArrayBufferId(): never {
    throw new TypeError('shared memory belongs to one process')
  }
}

/**
 * Encodes a value. `where` and `what` name it in errors, such as 'hash()' and 'args'; with `about` they name that part of it.
 *
 * @throws NotCloneableError that names the path of the first part that cannot leave its process.
 */
export function encodePayload(where: string, what: string, value: unknown, about: unknown = value): Payload {
  const short = textPayload(toText(value))
  if (short !== undefined) return short
  if (isPrimitive(value) || (Array.isArray(value) && value.every(isPrimitive))) {
    return written(where, what, about, PLAIN, value)
  }
  if (Array.isArray(about)) refuseTransfers(where, what, about)
  const sent = referring(where, what, value, about)
  if (sent === undefined) return written(where, what, about, PLAIN, value)
  return written(where, what, about, REFERRING, [sent.data, sent.references])
}

/** Encodes the arguments of a call, a list that no one else has. */
export function encodeArguments(where: string, args: readonly unknown[]): Payload {
  return textPayload(listToText(args)) ?? encodePayload(where, 'args', args)
}

/** Larger payloads are transferred between threads, for which they must have a buffer of their own, and this has none. */
function textPayload(text: string | undefined): Payload | undefined {
  if (text === undefined) return undefined
  const bytes = Buffer.from(text)
  return bytes.length <= MOST_TEXT ? { codec: TEXT, bytes } : undefined
}

/** A payload that was read, before its references are restored. */
export interface ReadPayload {
  readonly data: unknown
  readonly places: readonly Placed<Reference>[] | undefined
}

/**
 * Reads the bytes; `liveValue` then makes the value.
 *
 * @throws V8's error when this version of Node cannot read it.
 */
export function readPayload({ codec, bytes }: Payload): ReadPayload {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (codec === TEXT) return { data: fromText(buffer.toString()), places: undefined }
  if (codec !== PLAIN && codec !== REFERRING) {
    throw new TypeError(`its codec (${codec}) is not known to this version`)
  }
  const reader = new Deserializer(buffer)
  reader.readHeader()
  const data: unknown = reader.readValue()
  if (codec === PLAIN) return { data, places: undefined }
  const [whole, places] = data as [unknown, readonly Placed<Reference>[]]
  return { data: whole, places }
}

/** Whether the value has instances of classes, which must be registered before it is restored. */
export function hasInstances({ places }: ReadPayload): boolean {
  return places !== undefined && namesClasses(places)
}

/** The value with its references restored. */
export function liveValue({ data, places }: ReadPayload): unknown {
  return places === undefined ? data : dereference({ data, references: places }, liveOf)
}

/**
 * Decodes a value.
 *
 * @throws NotCloneableError with the reason, when this process cannot read it.
 */
export function decodePayload(where: string, what: string, payload: Payload): unknown {
  try {
    return liveValue(readPayload(payload))
  } catch (error) {
    throw unreadableHere(where, what, error)
  }
}

/** The error for a value that this process cannot read. */
export function unreadableHere(where: string, what: string, cause: unknown, writer = ''): NotCloneableError {
  const why = (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '')
  return new NotCloneableError(
    `${where}: ${what} cannot be read by this process, Node ${process.versions.node}${writer}: ${why}; ` +
      'send plain data, or run the same version of Node in caller and worker',
    { cause }
  )
}

/** Encodes an error in core's form, which every version of Node can read. */
export function encodeError(error: unknown): Payload {
  return encodeErrorForm(encodeThrown(error))
}

/** The same for an error that core has encoded. */
export function encodeErrorForm(thrown: EncodedThrown): Payload {
  try {
    return { codec: PLAIN, bytes: serialized(thrown) }
  } catch {
    // A property of the error belongs to its process.
    const [message, stack] =
      'error' in thrown ? [thrown.error.message, thrown.error.stack] : [String(thrown.value), undefined]
    const bare = Object.assign(new Error(message), { stack })
    return { codec: PLAIN, bytes: serialized(encodeThrown(bare)) }
  }
}

/** Decodes an error. `stackTail` is appended to its stack. */
export function decodeError(where: string, payload: Payload, stackTail?: string): unknown {
  let thrown: EncodedThrown
  try {
    thrown = readPayload(payload).data as EncodedThrown
  } catch (error) {
    return unreadableHere(where, 'what it threw', error)
  }
  return decodeThrown(thrown, stackTail)
}

/** References for parts of the value that a message would lose, and for errors, if there are any. */
export function referring(
  where: string,
  what: string,
  value: unknown,
  about: unknown = value
): Referring<Reference> | undefined {
  const lost = lostIn(where, what, about)
  return refer(value, one => {
    if (isError(one)) return ['error', encodeThrown(one)]
    if (belongsHere(one)) throw refused(where, what, about, one)
    const kept = lost(one)
    if (kept?.[0] === 'file') throw refused(where, what, about, one)
    return kept
  })
}

/** Whether an item of a stream has to be searched: it contains an error, or something that cannot leave its process. */
export function mayRefer(item: unknown): boolean {
  return isObject(item) && holds(item, one => isError(one) || belongsHere(one), clonedPartsOf)
}

function belongsHere(one: object): boolean {
  return typeof one === 'function' || referenceTo(one) !== undefined || isNodes(one) || isShared(one)
}

/** Restores a reference. */
export function liveOf(reference: Reference | readonly [kind: string, ...unknown[]]): unknown {
  if (reference[0] === 'error') return decodeThrown(reference[1] as EncodedThrown)
  if (isLostOnWire(reference)) return restoreLost(reference)
  throw new TypeError(`it has an unknown kind of reference (${String(reference[0])})`)
}

function written(where: string, what: string, value: unknown, codec: number, data: unknown): Payload {
  try {
    return { codec, bytes: serialized(data) }
  } catch (cause) {
    throw notSent(where, what, value, cause)
  }
}

function serialized(data: unknown): Uint8Array {
  const serializer = new PayloadSerializer()
  serializer.writeHeader()
  serializer.writeValue(data)
  return serializer.releaseBuffer()
}

/**
 * Encodes data that needs no references, such as a message of a stream.
 *
 * @throws NotCloneableError when it cannot be encoded.
 */
export function encodeData(data: unknown): Payload {
  return written('a stream', 'what it gives', data, PLAIN, data)
}

/** The error that names the part that could not be encoded. */
function notSent(where: string, what: string, value: unknown, cause: unknown): NotCloneableError {
  const place = pathOf(value, what, part => !isPrimitive(part) && !isWritten(part)) ?? what
  const why = cause instanceof Error ? cause.message.replace(/\.$/, '') : String(cause)
  return new NotCloneableError(
    `${where}: ${place} cannot be sent to another process (${why}); send plain data`,
    {
      cause
    }
  )
}

function refused(where: string, what: string, value: unknown, one: object): NotCloneableError {
  const place = pathOf(value, what, part => part === one) ?? what
  const kind =
    typeof one === 'function'
      ? 'a function stays in its process'
      : `${className(one)} belongs to the process that made it`
  return new NotCloneableError(
    `${where}: ${place} cannot be sent to another process: ${kind}; send plain data, and create the rest in the worker`
  )
}

function refuseTransfers(where: string, what: string, values: readonly unknown[]): void {
  if (takeTransfers(values) === undefined) return
  throw new NotCloneableError(
    `${where}: ${what} cannot be transferred to another process; leave transfer() out, and they are copied`
  )
}

/** Whether it is an object that only Node itself can clone. */
function isNodes(value: object): boolean {
  for (let one = Object.getPrototypeOf(value) as object | null; one !== null; ) {
    if (one === Object.prototype || one === Array.prototype) return false
    const symbols = Object.getOwnPropertySymbols(one)
    if (symbols.some(({ description }) => CLONED_BY_NODE.includes(description ?? ''))) return true
    one = Object.getPrototypeOf(one) as object | null
  }
  return false
}

/** Shared memory, or a view of it. */
function isShared(value: object): boolean {
  return types.isSharedArrayBuffer(ArrayBuffer.isView(value) ? value.buffer : value)
}

function isWritten(part: unknown): boolean {
  try {
    serialized(part)
    return true
  } catch {
    return false
  }
}

function className(value: object): string {
  return (value.constructor as { name?: string } | undefined)?.name ?? 'an object'
}

function isPrimitive(value: unknown): boolean {
  return (
    value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol')
  )
}
