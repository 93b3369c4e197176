import type { EncodedThrown } from '@bridge/core/executor'
import { isRing, type RingWords } from './number-ring.js'
import type { Shape } from './shape.js'

/*
 * What the two ends of a stream say to each other over a MessagePort. Each message is an array whose first
 * element is its kind; arrays are cheaper to clone than objects with names.
 *
 *      consumer                                producer
 *      ────────                                ────────
 *      OPEN version n ───────────────────────▶ the first message; may send n items, also none
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
 *      RETURN value ─────────────────────────▶ stop: run the generator's finally …
 *                ◀───────────────────────────── END value / FAIL …and say when it has run
 *      THROW thrown ─────────────────────────▶ throw it where the generator stands
 *                ◀───────────────────────────── ITEMS / END / FAIL
 *      STEP value ───────────────────────────▶ one step with a value, in place of one credit
 *                ◀───────────────────────────── ITEMS / END / FAIL
 *      ABORT thrown ─────────────────────────▶ nobody waits any more: tell the task, then as RETURN
 *
 * The consumer's states:
 *
 *      new ──OPEN──▶ open ──RETURN, ABORT──▶ stopping ──END, FAIL, closeTimeout──▶ ended
 *                     └──────────END, FAIL, an unknown message, the port closed──────▲
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
 * After END or FAIL nothing follows in either direction and both ends close their port. A wrong version and a
 * message that is none of these end the stream with an error at both ends: the consumer's pull rejects with it, the
 * producer's task is told by `onStop`.
 */

export const VERSION = 1

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
export const HELD = 15

/** What a consumer sends. */
export type ToProducer =
  | readonly [kind: typeof OPEN, version: number, items: number]
  | readonly [kind: typeof CREDIT, items: number, bytes: number, ring?: RingWords | undefined]
  | readonly [kind: typeof RETURN, value: unknown]
  | readonly [kind: typeof THROW, thrown: EncodedThrown]
  | readonly [kind: typeof STEP, value: unknown]
  | readonly [kind: typeof ABORT, thrown: EncodedThrown]

/** Items on their way; `bytes` is about what they weigh. */
export type Packet =
  | readonly [kind: typeof ITEMS, bytes: number, items: readonly unknown[]]
  | readonly [kind: typeof NUMBERS, numbers: Float64Array | Int32Array]
  | readonly [kind: typeof ROWS, bytes: number, shape: Shape, values: readonly unknown[]]

/** What a producer sends. */
export type ToConsumer =
  | Packet
  | readonly [kind: typeof RING]
  | readonly [kind: typeof MORE]
  | readonly [kind: typeof HELD]
  | readonly [kind: typeof END, value: unknown]
  | readonly [kind: typeof FAIL, thrown: EncodedThrown]

/** Whether it is a message for a producer; one that is not must not reach the generator. */
export function isToProducer(message: unknown): message is ToProducer {
  if (!Array.isArray(message)) return false
  const [kind, first, second, third] = message as unknown[]
  if (kind === OPEN) return isCount(second)
  if (kind === CREDIT) return isCount(first) && isCount(second) && (third === undefined || isRing(third))
  return kind === RETURN || kind === THROW || kind === STEP || kind === ABORT
}

/** Whether it is a message for a consumer. */
export function isToConsumer(message: unknown): message is ToConsumer {
  if (!Array.isArray(message)) return false
  const [kind, first, second, third] = message as unknown[]
  if (kind === ITEMS) return isCount(first) && Array.isArray(second)
  if (kind === NUMBERS) return first instanceof Float64Array || first instanceof Int32Array
  if (kind === ROWS) return isCount(first) && isList(second) && Array.isArray(third)
  return kind === END || kind === FAIL || kind === RING || kind === MORE || kind === HELD
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

function shown(message: unknown): string {
  try {
    return String(JSON.stringify(message)).slice(0, 80)
  } catch {
    return `of type ${typeof message}`
  }
}

/** A window may be without end, and so may its credit. */
function isCount(value: unknown): boolean {
  return value === Infinity || (Number.isSafeInteger(value) && (value as number) >= 0)
}

function isList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0
}
