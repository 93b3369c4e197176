import type { EncodedThrown } from '@bridge/core/executor'

/*
 * What the two ends of a stream say to each other over a MessagePort. Each message is an array whose first
 * element is its kind; arrays are cheaper to clone than objects with names.
 *
 *      consumer                                producer
 *      ────────                                ────────
 *      CREDIT n ─────────────────────────────▶ may send n items more
 *                ◀───────────────────────────── ITEMS [a, b, …]
 *                ◀───────────────────────────── ITEMS [c]
 *      CREDIT m ─────────────────────────────▶
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
 * After END or FAIL nothing follows in either direction and both ends close their port.
 */

export const VERSION = 1

export const CREDIT = 0
export const RETURN = 1
export const THROW = 2
export const STEP = 3
export const ABORT = 4
export const ITEMS = 5
export const END = 6
export const FAIL = 7

/** What a consumer sends. */
export type ToProducer =
  | readonly [kind: typeof CREDIT, items: number, version: number]
  | readonly [kind: typeof RETURN, value: unknown]
  | readonly [kind: typeof THROW, thrown: EncodedThrown]
  | readonly [kind: typeof STEP, value: unknown]
  | readonly [kind: typeof ABORT, thrown: EncodedThrown]

/** What a producer sends. */
export type ToConsumer =
  | readonly [kind: typeof ITEMS, items: readonly unknown[]]
  | readonly [kind: typeof END, value: unknown]
  | readonly [kind: typeof FAIL, thrown: EncodedThrown]

/** A message of neither kind: the two ends are not of the same making. */
export function unknownMessage(message: unknown): Error {
  return new Error(
    `stream: unknown message ${String(JSON.stringify(message)).slice(0, 80)}; do both ends run one version?`
  )
}
