import type { EncodedThrown, Transferable } from '@bridge/core/executor'
import type { LostOnWire } from '@bridge/core/internal'
import type { Beside } from './lost.js'
import { isRing, type RingWords } from './number-ring.js'
import type { StreamPort } from './port.js'
import { isShape, type Shape, widthOf } from './shape.js'

/*
 * What the two ends of a stream say to each other over a MessagePort. Each message is an array whose first
 * element is its kind, and whose second one counts the messages of its direction from 0; arrays are cheaper to clone than
 * objects with names.
 *
 *      consumer                                producer
 *      ────────                                ────────
 *      OPEN version n bytes ─────────────────▶ the first message; may send n items, also none; so many bytes were taken
 *                ◀───────────────────────────── ITEMS bytes [a, b, …]          in any mixture
 *                ◀───────────────────────────── NUMBERS Float64Array or Int32Array
 *                ◀───────────────────────────── ROWS bytes shape [values, row after row]
 *      CREDIT m bytes ───────────────────────▶ may send m items more; so many bytes were taken
 *      CREDIT m bytes memory ────────────────▶ once, of a fast consumer of whole numbers: may use this memory
 *                ◀───────────────────────────── RING         whole numbers come by it now, see number-ring.ts …
 *                ◀───────────────────────────── MORE         … where the consumer has found it empty, it is told …
 *                ◀───────────────────────────── ITEMS        … until items come by message again, as those of a STEP do: for good
 *                ◀───────────────────────────── HELD         it waits for bytes to be taken, far fewer than it may be ahead alone
 *                ◀───────────────────────────── END value        the generator returned
 *           or   ◀───────────────────────────── FAIL thrown      it threw, after its items
 *
 *      RETURN value isLast ──────────────────▶ the credit is void; returns the generator …
 *                ◀───────────────────────────── CUT              … what came before is not wanted; what follows answers
 *                ◀───────────────────────────── END value / FAIL … its finally has run
 *           or   ◀───────────────────────────── ITEMS            … which has yielded: where isLast, END follows
 *           or   ◀───────────────────────────── END              … without CUT: a step under way has not settled in one
 *                                                                turn, and the consumer is released
 *      THROW thrown ─────────────────────────▶ throw it where the generator stands
 *                ◀───────────────────────────── CUT              … what came before is not wanted; what follows answers
 *                ◀───────────────────────────── ITEMS / END / FAIL
 *      STEP value ───────────────────────────▶ one step with a value, in place of one credit
 *                ◀───────────────────────────── ITEMS / END / FAIL
 *      ABORT thrown ─────────────────────────▶ nobody waits any more: tell the task, then as RETURN
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
 * Where the producer was asked for items in another way, with the call that made the stream, it steps before OPEN has
 * come, which then asks for more; of a short stream it never comes.
 *
 * After END or FAIL nothing follows in either direction and both ends close their port. A wrong version, a message that
 * is none of these, one whose number is not the next, more items than were asked for, or more bytes given back than were
 * sent, end the stream with an error at both ends: the consumer's pull rejects with it, the producer's task is told by
 * `onStop`.
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

/** What a consumer sends. */
export type ToProducer =
  | [kind: typeof OPEN, number: number, version: number, items: number, bytes: number]
  | [kind: typeof CREDIT, number: number, items: number, bytes: number, ring?: RingWords]
  | [kind: typeof RETURN, number: number, value: unknown, isLast: boolean, beside?: Beside]
  | [kind: typeof THROW, number: number, thrown: EncodedThrown]
  | [kind: typeof STEP, number: number, value: unknown, beside?: Beside]
  | [kind: typeof ABORT, number: number, thrown: EncodedThrown]

/** What items of a message refer to that a structured clone would lose, by their places in it. */
export type LostItems = readonly (readonly [place: number, beside: readonly LostOnWire[]])[]

/** Items on their way; `bytes` is about what they weigh. */
export type Packet =
  | [kind: typeof ITEMS, number: number, bytes: number, items: readonly unknown[], lost?: LostItems]
  | [kind: typeof NUMBERS, number: number, numbers: Float64Array | Int32Array]
  | [kind: typeof ROWS, number: number, bytes: number, shape: Shape, values: readonly unknown[]]

/** What a producer says of the memory that it was lent, of the items before, and of how far it is ahead. */
export type Sign = [kind: typeof RING | typeof MORE | typeof CUT | typeof HELD, number: number]

/** What a producer sends. */
export type ToConsumer =
  | Packet
  | Sign
  | [kind: typeof END, number: number, value: unknown, beside?: Beside]
  | [kind: typeof FAIL, number: number, thrown: EncodedThrown]

/** The number of a message that was not sent yet. */
export const UNSENT = -1

/** Numbers the messages of one direction, at the end that sends them. */
export class Numbering {
  #next = 0

  /** Posts a message; one that can't be cloned takes no number. */
  post<M extends ToProducer | ToConsumer>(
    port: StreamPort,
    message: M,
    moves: readonly Transferable[] = []
  ): void {
    message[1] = this.#next
    port.postMessage(message, moves)
    this.#next++
  }
}

/** Counts the messages of one direction, at the end where they arrive. */
export class Counting {
  #next = 0

  /** The next one has come, and can't be read. */
  skip(): void {
    this.#next++
  }

  /** The error of a message that is not the next one. */
  miscounted([, number]: ToProducer | ToConsumer): Error | undefined {
    if (number === this.#next++) return undefined
    return new Error(
      `stream: message ${number} came where message ${this.#next - 1} was due; some were lost on their way, or doubled`
    )
  }
}

/** Whether it is a message for a producer; one that is not must not reach the generator. */
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

/** A message of neither kind: the two ends are not of the same making. */
export function unknownMessage(message: unknown): Error {
  return new Error(`stream: unknown message ${shown(message)}; do both ends run one version?`)
}

/** The other end speaks another version of this file, or spoke before it said which. */
export function wrongVersion(message: unknown): Error {
  return new Error(
    `stream: this end speaks version ${VERSION}, the other end began with ${shown(message)}; do both ends run one version?`
  )
}

/** A producer that does not keep to its credit would fill the consumer's memory. */
export function overdrawn(): Error {
  return new Error('stream: more items came than were asked for; do both ends run one version?')
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

/** A window may be without end, and so may its credit. */
function isCount(value: unknown): boolean {
  return value === Infinity || isBytes(value)
}

function isBytes(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0
}

/** What is in it is looked at when it is decoded. */
function isThrown(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ('value' in value || 'error' in value)
}
