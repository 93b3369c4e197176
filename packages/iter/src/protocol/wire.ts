import { WorkerLostError } from '@bridge/core'
import type { EncodedThrown, Transferable } from '@bridge/core/executor'
import { isShape, type Shape, widthOf } from '../encoding/shape.js'
import type { LostReferences } from './lost.js'
import { isRing, type RingWords } from './number-ring.js'
import type { StreamPort } from './port.js'

/*
 * The protocol of the two ends of a stream over a MessagePort. Each message is an array whose first element is its kind, and
 * whose second element is its sequence number, counted from 0 for each direction; arrays are cheaper to clone than objects.
 *
 *      consumer                                producer
 *      ────────                                ────────
 *      OPEN version n bytes ─────────────────▶ the first message; may send n items, possibly 0; bytes taken so far
 *                ◀───────────────────────────── ITEMS bytes [a, b, …]          in any mixture
 *                ◀───────────────────────────── NUMBERS Float64Array or Int32Array
 *                ◀───────────────────────────── ROWS bytes shape [values, row after row]
 *      CREDIT m bytes ───────────────────────▶ may send m more items; bytes taken since
 *      CREDIT m bytes memory ────────────────▶ once, from a fast consumer of integers: may use this memory
 *                ◀───────────────────────────── RING         integers now come by the memory, see number-ring.ts …
 *                ◀───────────────────────────── MORE         … wakes a consumer that has found the memory empty …
 *                ◀───────────────────────────── ITEMS        … until items come by message again, as after a STEP: for good
 *                ◀───────────────────────────── HELD         it waits for bytes to be taken, because all streams together are far ahead
 *                ◀───────────────────────────── END value        the generator returned
 *           or   ◀───────────────────────────── FAIL thrown      it threw, after its items
 *
 *      RETURN value isLast ──────────────────▶ cancels the credit; calls the generator's return() …
 *                ◀───────────────────────────── CUT              … earlier items are not wanted; the answer follows
 *                ◀───────────────────────────── END value / FAIL … its finally has run
 *           or   ◀───────────────────────────── ITEMS            … it has yielded in its finally: END follows if isLast
 *           or   ◀───────────────────────────── END              … without CUT: a pending step has not settled within one
 *                                                                turn, so the consumer is released
 *      THROW thrown ─────────────────────────▶ calls the generator's throw()
 *                ◀───────────────────────────── CUT              … earlier items are not wanted; the answer follows
 *                ◀───────────────────────────── ITEMS / END / FAIL
 *      STEP value ───────────────────────────▶ one step with a value, instead of one credit
 *                ◀───────────────────────────── ITEMS / END / FAIL
 *      ABORT thrown ─────────────────────────▶ no pull waits any more: notifies the task, then as RETURN
 *
 * The consumer's states:
 *
 *      new ──OPEN──▶ open ──RETURN, ABORT──▶ stopping ──END, FAIL, closeTimeout──▶ ended
 *                     │ ▲──────────ITEMS────────┘                                    ▲
 *                     └──────────END, FAIL, an unknown message, the port closed──────┘
 *
 * The producer's:
 *
 *      new ──OPEN──▶ paused ◀──credit used up── stepping ──the generator's end──▶ ended
 *                       └──CREDIT, STEP, THROW────▲  │
 *       └──a wrong version, an unknown message──▶ returning ◀──RETURN, ABORT, the port closed
 *
 * If the call that made the stream has requested items already, the producer steps before OPEN arrives, which then requests
 * more; for a short stream OPEN is never sent.
 *
 * After END or FAIL nothing follows in either direction, and both ends close their port. A wrong version, an unknown
 * message, a wrong sequence number, more items than were requested, or more bytes taken than were sent end the stream with
 * an error at both ends: the consumer's pull rejects with it, and the producer's task is notified by `onStop`.
 */

export const VERSION = 2

export const OPEN = 0
export const CREDIT = 1
export const RETURN = 2
export const THROW = 3
export const STEP = 4
export const ABORT = 5
export const ITEMS = 6
export const NUMBERS = 7
export const ROWS = 8
export const END = 9
export const FAIL = 10
export const RING = 11
export const MORE = 12
export const CUT = 13
export const HELD = 14

/** The messages of a consumer. */
export type ToProducer =
  | [kind: typeof OPEN, number: number, version: number, items: number, bytes: number]
  | [kind: typeof CREDIT, number: number, items: number, bytes: number, ring?: RingWords]
  | [kind: typeof RETURN, number: number, value: unknown, isLast: boolean, beside?: LostReferences]
  | [kind: typeof THROW, number: number, thrown: EncodedThrown]
  | [kind: typeof STEP, number: number, value: unknown, beside?: LostReferences]
  | [kind: typeof ABORT, number: number, thrown: EncodedThrown]

/** References of a message's items to what a structured clone would lose, by the items' indexes. */
export type LostItems = readonly (readonly [index: number, beside: LostReferences])[]

/** A message with items; `bytes` is their approximate size. */
export type Packet =
  | [kind: typeof ITEMS, number: number, bytes: number, items: readonly unknown[], lost?: LostItems]
  | [kind: typeof NUMBERS, number: number, numbers: Float64Array | Int32Array]
  | [kind: typeof ROWS, number: number, bytes: number, shape: Shape, values: readonly unknown[]]

/** Messages of a producer without data: about the lent memory, earlier items, and how far it is ahead. */
export type Marker = [kind: typeof RING | typeof MORE | typeof CUT | typeof HELD, number: number]

/** Whether it is a message with items. */
export function isPacket(message: Packet | Marker): message is Packet {
  return message[0] === ITEMS || message[0] === NUMBERS || message[0] === ROWS
}

/** The messages of a producer. */
export type ToConsumer =
  | Packet
  | Marker
  | [kind: typeof END, number: number, value: unknown, beside?: LostReferences]
  | [kind: typeof FAIL, number: number, thrown: EncodedThrown]

/** The sequence number of a message that was not sent yet. */
export const UNSENT = -1

/** Numbers the messages of one direction, at the sending end. */
export class Numbering {
  #next = 0

  /** Posts a message; a message that cannot be cloned uses no number. */
  post<M extends ToProducer | ToConsumer>(
    port: StreamPort,
    message: M,
    transferList: readonly Transferable[] = []
  ): void {
    message[1] = this.#next
    port.postMessage(message, transferList)
    this.#next++
  }
}

/** Checks the numbers of the messages of one direction, at the receiving end. */
export class Counting {
  #next = 0

  /** To be called when the next message has arrived but cannot be read. */
  skip(): void {
    this.#next++
  }

  /** The error for a message with a wrong number: a WorkerLostError, because the caller cannot know which messages were lost. */
  miscounted([, number]: ToProducer | ToConsumer): Error | undefined {
    if (number === this.#next++) return undefined
    return new WorkerLostError(
      `stream: message ${number} arrived instead of message ${this.#next - 1}; messages were lost on their way, or duplicated`
    )
  }
}

/** Whether it is a message for a producer; an invalid one must not reach the generator. */
export function isToProducer(message: unknown): message is ToProducer {
  if (!isNumbered(message)) return false
  const [kind, , first, second, third] = message
  switch (kind) {
    case OPEN:
      return isCount(second) && isBytes(third)
    case CREDIT:
      return isCount(first) && isBytes(second) && (third === undefined || isRing(third))
    case RETURN:
      return typeof second === 'boolean'
    case THROW:
    case ABORT:
      return isThrown(first)
    default:
      return kind === STEP
  }
}

/** Whether it is a message for a consumer. */
export function isToConsumer(message: unknown): message is ToConsumer {
  if (!isNumbered(message)) return false
  const [kind, , first, second, third] = message
  switch (kind) {
    case ITEMS:
      return isBytes(first) && isList(second) && (third === undefined || isList(third))
    case NUMBERS:
      return (first instanceof Float64Array || first instanceof Int32Array) && first.length > 0
    case ROWS:
      return isBytes(first) && isShape(second) && isList(third) && third.length % widthOf(second) === 0
    case FAIL:
      return isThrown(first)
    default:
      return kind === END || kind === RING || kind === MORE || kind === CUT || kind === HELD
  }
}

/** The error for an unknown message: the two ends are not of the same version. */
export function unknownMessage(message: unknown): Error {
  return new Error(`stream: unknown message ${shown(message)}; do both ends run one version?`)
}

/** The error for a first message of another version of this protocol, or without a version. */
export function wrongVersion(message: unknown): Error {
  return new Error(
    `stream: this end has version ${VERSION}, but the other end started with ${shown(message)}; do both ends run one version?`
  )
}

/** The error for a producer that exceeds its credit, and would fill the consumer's memory. */
export function creditExceeded(): Error {
  return new Error('stream: more items arrived than were requested; do both ends run one version?')
}

function shown(message: unknown): string {
  try {
    return String(JSON.stringify(message)).slice(0, 80)
  } catch {
    return `of type ${typeof message}`
  }
}

function isNumbered(message: unknown): message is readonly unknown[] {
  return Array.isArray(message) && Number.isSafeInteger(message[1]) && (message[1] as number) >= 0
}

/** A window may be infinite, and so may its credit. */
function isCount(value: unknown): boolean {
  return value === Infinity || isBytes(value)
}

function isBytes(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0
}

/** The contents are checked when they are decoded. */
function isThrown(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ('value' in value || 'error' in value)
}
