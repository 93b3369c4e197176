import type { CarriedContext } from '@bridge/core'
import type { EncodedThrown, TaskOperation } from '@bridge/core/executor'
import type { SentStream } from '@bridge/iter'
import type { HeadMessage, References, UNREAD, Unread } from '../connection/wire.js'

/*
 * The messages between a thread and its parent about the parent's functions. They use a separate port, which is opened
 * with the first function that is sent: a thread that waits for a function's answer must not receive new calls.
 *
 *      thread                                     parent
 *      ──────                                     ──────
 *      INVOKE call callback mode args … ─────────▶ runs the function
 *              ◀────────────────────────────────── RETURNED call value refs
 *         or   ◀────────────────────────────────── THREW call thrown
 *         or   ◀────────────────────────────────── UNREAD call what why   its arguments can't be read there
 *         or   ◀────────────────────────────────── STREAMED call stream  its items come over a separate port
 *         or   ◀────────────────────────────────── PROMISED call         a plain function has returned a promise;
 *                                                                        one of the other answers follows
 *      ABANDON call ─────────────────────────────▶ its caller no longer waits for it
 *      BEGUN id ─────────────────────────────────▶ it has started the inner call, or found it cancelled
 *              ◀────────────────────────────────── INNER id …            a call that this thread may have to run while
 *                                                                        it waits; it is answered like any other, one
 *                                                                        that is asynchronous after the wait
 *
 * The head of a message (connection/message-heads.ts) is its number of the call; for a call of mode NOTIFICATIONS the
 * id of the call for which it is made, and for INNER its id, both negated. A sender that is far ahead of its reader
 * sends HEAD head before the message.
 *
 * A call of mode NOTIFICATIONS has no answer. The parent counts the calls that it has run in NOTIFICATIONS_TAKEN, and a
 * thread that is far ahead waits. A waiting thread waits for a change of WAKE_COUNT, which the parent increments after
 * each message. CALLBACKS_SENT counts the messages that the thread has sent, so that a blocked parent need not read the
 * port.
 */

export const INVOKE = 0
export const ABANDON = 1
export const BEGUN = 2
export const RETURNED = 3
export const THREW = 4
export const STREAMED = 5
export const PROMISED = 6
export const INNER = 7

/** The word in the connection's `control` that counts the messages that the thread has sent over this port. */
export const CALLBACKS_SENT = 12

/** The word in the connection's `control` that counts the calls of mode NOTIFICATIONS that the parent has run. */
export const NOTIFICATIONS_TAKEN = 13

/** The word in the connection's `control` that is 1 while the thread waits for its parent, possibly for ever. */
export const PARKED = 14

/**
 * The word in the connection's `control` that holds the value of WAKE_COUNT when it parked: once WAKE_COUNT has
 * changed, it will wake.
 */
export const PARKED_AT = 15

/**
 * The word in the connection's `control` that holds what it waits for while it is parked: the number of its call of a
 * function of the parent or, negated, that of a stream of the parent; 0 for neither.
 */
export const PARKED_BY = 19

/** The word in the connection's `control` that counts the waits for its parent that block the thread, or are about to. */
export const BLOCKED = 20

/** How a function is called: according to its kind, so that it behaves on the thread as it does here. */
export type Mode =
  | typeof WAITS
  | typeof PROMISES
  | typeof STREAMS
  | typeof STREAMS_LATER
  | typeof NOTIFICATIONS

/** A plain function, whose value the thread waits for. */
export const WAITS = 0
/** An async function. */
export const PROMISES = 1
/** A generator function. */
export const STREAMS = 2
/** An async generator function. */
export const STREAMS_LATER = 4
/** A one-way function. */
export const NOTIFICATIONS = 3

/** The reference in data to a function of the parent. */
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
      /** The call of the parent for which the function is called, as far as the thread knows. */
      forCall: number | undefined
    ]
  | readonly [kind: typeof ABANDON, call: number]
  | readonly [kind: typeof BEGUN, inner: number]
  | HeadMessage

/** A call that is nested in a call that waits. */
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

/** What the parent sends. */
export type FromCaller =
  | readonly [kind: typeof RETURNED, call: number, value: unknown, references: References]
  | readonly [kind: typeof THREW, call: number, thrown: EncodedThrown]
  | readonly [kind: typeof STREAMED, call: number, stream: SentStream<unknown>]
  | readonly [kind: typeof PROMISED, call: number]
  | readonly [kind: typeof UNREAD, call: number, what: Unread, why: string]
  | HeadMessage
  | InnerCall
