import type { CarriedContext } from '@bridge/core'
import type { EncodedThrown, TaskOperation } from '@bridge/core/executor'
import type { SentStream } from '@bridge/iter'
import type { HeadMessage, References, UNREAD, Unread } from '../lane/wire.js'

/*
 * What a thread and its owner say to each other of the owner's functions. It goes over a port of its own, which is opened
 * with the first function that is sent: a thread that waits for a function's answer must not come upon new calls.
 *
 *      thread                                     owner
 *      ──────                                     ─────
 *      INVOKE call callback mode args … ─────────▶ runs the function
 *              ◀────────────────────────────────── RETURNED call value refs
 *         or   ◀────────────────────────────────── THREW call thrown
 *         or   ◀────────────────────────────────── UNREAD call what why   its arguments can't be read there
         or   ◀────────────────────────────────── STREAMED call stream  its items come over a port of their own
 *         or   ◀────────────────────────────────── PROMISED call         a plain function has returned a promise;
 *                                                                        one of the other answers follows
 *      GIVE_UP call ─────────────────────────────▶ nobody waits for it any more
 *      BEGUN id ─────────────────────────────────▶ it has started the inner call, or found it cancelled
 *              ◀────────────────────────────────── INNER id …            a call that this thread may have to run while
 *                                                                        it waits; it is answered like any other, one
 *                                                                        that is asynchronous when it waits no more
 *
 * The head of a message (lane/message-heads.ts) is its number of the call; of a call of mode NOTES what it is called for, and of
 * INNER its id, both negated. Far ahead of its reader, either side sends HEAD head before.
 *
 * A call of mode NOTES has no answer. The owner counts those it has run in NOTES_TAKEN, and a thread that is far ahead
 * waits. A thread that waits for any of it waits on BELL, which the owner rings after each message. BACK_SENT counts
 * what the thread has sent, so that an owner that blocks need not look at the port.
 */

export const INVOKE = 0
export const GIVE_UP = 1
export const BEGUN = 2
export const RETURNED = 3
export const THREW = 4
export const STREAMED = 5
export const PROMISED = 6
export const INNER = 7

/** The word in the lane's `control` that counts the messages that the thread has sent over this port. */
export const BACK_SENT = 12

/** The word in the lane's `control` that counts the calls of mode NOTES that the owner has run. */
export const NOTES_TAKEN = 13

/** The word in the lane's `control` that is 1 while the thread waits for its owner, and could do so for ever. */
export const PARKED = 14

/** The word in the lane's `control` that holds what BELL was when it parked: once BELL is another, it will wake. */
export const PARKED_AT = 15

/**
 * The word in the lane's `control` that holds what it waits for while it is parked: the number of its call of a function
 * of the owner's or, negated, that of a stream of the owner's; 0 where it is neither.
 */
export const PARKED_BY = 19

/** The word in the lane's `control` that counts the waits for its owner that block the thread, or are about to. */
export const BLOCKED = 20

/** How a function is called: as what it is known to be, so that it behaves on the thread as it does here. */
export type Mode = typeof WAITS | typeof PROMISES | typeof STREAMS | typeof STREAMS_LATER | typeof NOTES

/** A plain function, whose value the thread waits for. */
export const WAITS = 0
/** An async function. */
export const PROMISES = 1
/** A generator function. */
export const STREAMS = 2
/** An async generator function. */
export const STREAMS_LATER = 4
/** A function whose end nobody waits for. */
export const NOTES = 3

/** What stands in data for a function of the owner's. */
export type CallbackOnWire = readonly [kind: 'callback', id: number, mode: Mode, name: string]

/** What the thread sends. */
export type ToCaller =
  | readonly [
      kind: typeof INVOKE,
      call: number,
      callback: number,
      mode: Mode,
      args: unknown,
      references: References,
      context: CarriedContext | undefined,
      /** The call of the owner's that the function is called for, as far as the thread knows. */
      forCall: number | undefined
    ]
  | readonly [kind: typeof GIVE_UP, call: number]
  | readonly [kind: typeof BEGUN, inner: number]
  | HeadMessage

/** A call that is nested in one that waits. */
export type InnerCall = readonly [
  kind: typeof INNER,
  id: number,
  task: {
    readonly module: string
    readonly name: string
    readonly operation: TaskOperation | undefined
  },
  args: readonly unknown[],
  deadline: number | undefined,
  context: CarriedContext | undefined,
  references: References
]

/** What the owner sends. */
export type FromCaller =
  | readonly [kind: typeof RETURNED, call: number, value: unknown, references: References]
  | readonly [kind: typeof THREW, call: number, thrown: EncodedThrown]
  | readonly [kind: typeof STREAMED, call: number, stream: SentStream<unknown>]
  | readonly [kind: typeof PROMISED, call: number]
  | readonly [kind: typeof UNREAD, call: number, what: Unread, why: string]
  | HeadMessage
  | InnerCall
