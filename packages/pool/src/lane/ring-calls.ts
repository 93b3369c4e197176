import type { CarriedContext } from '@bridge/core'
import type { FlatWriter } from './flat-writer.js'
import type { Entry, Ring } from './ring.js'
import { type Report, UNREAD, VALUE } from './wire.js'

/*
 * A call, a context and an answer as they stand in a ring; wire.ts has what goes as a message.
 *
 *               tag                   number            context        values
 *   a call      function and flags    deadline or 0     its number     arguments
 *   a context   CONTEXT               0                 its number     what the number means from now on
 *   an answer   0                     run time, ms      0              the value
 *
 * A context that has no number (contexts.ts) stands before the arguments; HAS_CONTEXT says so.
 */

const CONTEXT = -1

/** The flags of a call: its caller blocks, so that no event loop need be woken; the first items are asked for if it streams. */
const IS_BLOCKING = 1
const IS_PULLED = 2
const HAS_CONTEXT = 4
const FLAG_BITS = 3

/** The id of an entry that is no call. */
const NO_CALL = 1

/** A call in the ring; its arguments are written. */
export interface WrittenCall {
  readonly id: number
  readonly fn: number
  readonly deadline: number | undefined
  /** The number by which the thread knows its context; 0 where it has none, or one that is written. */
  readonly context: number
  readonly hasContext: boolean
  readonly isBlocking: boolean
  readonly isPulled: boolean
}

/** A call as it comes out of the ring. */
export interface RingCall extends Omit<WrittenCall, 'context' | 'hasContext'> {
  readonly args: readonly unknown[]
  /** A number where the thread has been told it. */
  readonly context: CarriedContext | number | undefined
}

/** Puts a call in; `false` where it must go as a message. */
export function putCall(ring: Ring, written: FlatWriter, call: WrittenCall): boolean {
  const { id, fn, deadline, context, hasContext, isBlocking, isPulled } = call
  const flags = (hasContext ? HAS_CONTEXT : 0) | (isPulled ? IS_PULLED : 0) | (isBlocking ? IS_BLOCKING : 0)
  return ring.put(id, (fn << FLAG_BITS) | flags, deadline ?? 0, written, context)
}

/** What an entry says that is a call. */
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

/** Puts in what the number of a context means from now on; `false` where that must be told with each call. */
export function putContext(ring: Ring, number: number, written: FlatWriter): boolean {
  return ring.put(NO_CALL, CONTEXT, 0, written, number)
}

/** Whether an entry is no call but tells a context. */
export function isContext({ tag }: Entry): boolean {
  return tag === CONTEXT
}

/** Puts an answer in; `false` where it must go as a message. */
export function putAnswer(ring: Ring, id: number, written: FlatWriter, runTime: number): boolean {
  return ring.put(id, 0, runTime, written)
}

/** How a call has ended that was answered through the ring. */
export function reportOf({ id, number, values, unread }: Entry): Report {
  return unread === undefined ? [VALUE, id, values[0], number] : [UNREAD, id, 'its result', unread]
}
