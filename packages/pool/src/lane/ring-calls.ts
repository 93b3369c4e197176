import type { CarriedContext } from '@bridge/core'
import { plainText } from './plain-text.js'
import type { Entry, Ring } from './ring.js'

/*
 * A call, a context and an answer as they stand in a ring; wire.ts has what goes as a message.
 *
 *               tag                   number            context        values         or else text, as JSON
 *   a call      function and flags    deadline or 0     its number     arguments      [arguments, context]
 *   a context   CONTEXT               0                 its number                    what the number means from now on
 *   an answer   VALUE                 run time, ms      0              the value      the value
 *
 * A context is in the text where it has no number (contexts.ts). Only what values and text can hold goes this way.
 */

const VALUE = 0
const CONTEXT = -1

/** The flags of a call: its caller blocks, so that no event loop need be woken; the first items are asked for if it streams. */
const IS_BLOCKING = 1
const IS_PULLED = 2
const FLAG_BITS = 2

/** The id of an entry that is no call. */
const NO_CALL = 1

/** A call in the ring. */
export interface RingCall {
  readonly id: number
  readonly fn: number
  readonly args: readonly unknown[]
  readonly deadline: number | undefined
  /** A number where the thread has been told it. */
  readonly context: CarriedContext | number | undefined
  readonly isBlocking: boolean
  readonly isPulled: boolean
}

/** Writes a call; `false` where it must go as a message. */
export function putCall(
  ring: Ring,
  { id, fn, args, deadline, context, isBlocking, isPulled }: RingCall
): boolean {
  const tag = (fn << FLAG_BITS) | (isPulled ? IS_PULLED : 0) | (isBlocking ? IS_BLOCKING : 0)
  const isTold = typeof context !== 'object'
  if (isTold && ring.putValues(id, tag, deadline ?? 0, args, context)) return true
  const text = plainText(isTold ? [args] : [args, context])
  return text !== undefined && ring.put(id, tag, deadline ?? 0, text, isTold ? context : 0)
}

/** What an entry says that is a call. */
export function callOf({ id, tag, number, context, values, text }: Entry): RingCall {
  const [args, told] =
    values === undefined ? (JSON.parse(text) as [unknown[], CarriedContext | undefined]) : [values, undefined]
  return {
    id,
    fn: tag >> FLAG_BITS,
    args,
    deadline: number === 0 ? undefined : number,
    context: told ?? (context === 0 ? undefined : context),
    isBlocking: (tag & IS_BLOCKING) !== 0,
    isPulled: (tag & IS_PULLED) !== 0
  }
}

/** Writes what the number of a context means from now on; `false` where that must be told with each call. */
export function putContext(ring: Ring, number: number, context: CarriedContext): boolean {
  const text = plainText(context)
  return text !== undefined && ring.put(NO_CALL, CONTEXT, 0, text, number)
}

/** Whether an entry is no call but tells a context. */
export function isContext({ tag }: Entry): boolean {
  return tag === CONTEXT
}

/** Writes an answer that may hold anything but these; `false` where it does. */
export function putPrimitive(ring: Ring, id: number, value: unknown, runTime: number): boolean {
  return ring.putValues(id, VALUE, runTime, [value])
}

/** Writes an answer that holds no reference; `false` where it must go as a message. */
export function putData(ring: Ring, id: number, value: unknown, runTime: number): boolean {
  const text = plainText(value)
  return text !== undefined && ring.put(id, VALUE, runTime, text)
}

/**
 * The value of an answer.
 *
 * @throws SyntaxError, RangeError when its text can't be read.
 */
export function valueIn({ values, text }: Entry): unknown {
  return values === undefined ? JSON.parse(text) : values[0]
}
