import type { CarriedContext } from '@bridge/core'
import type { FlatWriter } from './flat-writer.js'
import type { Entry, Ring } from './ring.js'
import { type Report, UNREAD, VALUE } from './wire.js'

/*
 * Calls, contexts and answers in a ring; wire.ts describes those that are sent as messages.
 *
 *               tag                   number            context        values
 *   a call      function and flags    deadline or 0     its number     arguments
 *   a context   CONTEXT               0                 its number     what the number means from now on
 *   an answer   0                     run time, ms      0              the value
 *
 * A context without a number (contexts.ts) comes before the arguments; HAS_CONTEXT marks that.
 */

const CONTEXT = -1

/**
 * The flags of a call: its caller blocks, so that no event loop need be woken; the first items are requested if it
 * streams.
 */
const IS_BLOCKING = 1
const IS_PULLED = 2
const HAS_CONTEXT = 4
const FLAG_BITS = 3

/** The id of an entry that is not a call. */
const NO_CALL = 1

/** A call for the ring; its arguments are already written. */
export interface WrittenCall {
  readonly id: number
  readonly fn: number
  readonly deadline: number | undefined
  /** The number by which the thread knows its context; 0 if it has none, or one that is written with the call. */
  readonly context: number
  readonly hasContext: boolean
  readonly isBlocking: boolean
  readonly isPulled: boolean
}

/** A call as it is read from the ring. */
export interface RingCall extends Omit<WrittenCall, 'context' | 'hasContext'> {
  readonly args: readonly unknown[]
  /** A number if the thread knows it. */
  readonly context: CarriedContext | number | undefined
}

/** Writes a call to the ring; `false` if it must be sent as a message. */
export function putCall(ring: Ring, written: FlatWriter, call: WrittenCall): boolean {
  const { id, fn, deadline, context, hasContext, isBlocking, isPulled } = call
  const flags = (hasContext ? HAS_CONTEXT : 0) | (isPulled ? IS_PULLED : 0) | (isBlocking ? IS_BLOCKING : 0)
  return ring.put(id, (fn << FLAG_BITS) | flags, deadline ?? 0, written, context)
}

/** The call in an entry. */
export function callOf({ id, tag, number, context, values }: Entry): RingCall {
  const hasContext = (tag & HAS_CONTEXT) !== 0
  return {
    id,
    fn: tag >> FLAG_BITS,
    args: hasContext ? values.slice(1) : values,
    deadline: number === 0 ? undefined : number,
    context: hasContext ? (values[0] as CarriedContext) : context === 0 ? undefined : context,
    isBlocking: (tag & IS_BLOCKING) !== 0,
    isPulled: (tag & IS_PULLED) !== 0
  }
}

/** Writes the context for a number; `false` if the context must be sent with each call. */
export function putContext(ring: Ring, number: number, written: FlatWriter): boolean {
  return ring.put(NO_CALL, CONTEXT, 0, written, number)
}

/** Whether an entry is not a call but a context. */
export function isContext({ tag }: Entry): boolean {
  return tag === CONTEXT
}

/** Writes an answer; `false` if it must be sent as a message. */
export function putAnswer(ring: Ring, id: number, written: FlatWriter, runTime: number): boolean {
  return ring.put(id, 0, runTime, written)
}

/** The outcome of a call that was answered through the ring. */
export function reportOf({ id, number, values, unread }: Entry): Report {
  return unread === undefined ? [VALUE, id, values[0], number] : [UNREAD, id, 'its result', unread]
}
