import type { MessagePort } from 'node:worker_threads'
import type { CarriedContext } from '@bridge/core'
import type { EncodedThrown } from '@bridge/core/executor'
import type { Census } from '../thread/census.js'

/*
 * What a thread's owner and the thread say to each other. Each message is an array whose first element is its
 * kind. One port carries all of it, for awaited and for blocking calls alike; small requests and replies of
 * blocking calls take the two slots in shared memory instead (slot.ts), and the words below are what both sides can
 * see while either of them does not read its port.
 *
 *      owner                                      thread
 *      ─────                                      ──────
 *      FUNCTION fn module name ──────────────────▶ what the number means from now on
 *              ◀────────────────────────────────── READY thrown       it is up, or its setup failed so
 *      CALL id fn args deadline context ─────────▶ runs it
 *              ◀────────────────────────────────── VALUE id value runTime
 *         or   ◀────────────────────────────────── THROWN id thrown
 *         or   ◀────────────────────────────────── STREAM id port     its items come over that port
 *      CANCEL id thrown ─────────────────────────▶ tells the task; its answer still comes
 *      WAKE ─────────────────────────────────────▶ the request slot is full, and the thread was asleep
 *              ◀────────────────────────────────── DYING thrown       an uncaught error ends the thread
 *              ◀────────────────────────────────── EXIT code          its last words
 *
 * A blocking call through the slots, and what the thread does between two of them (linger.ts):
 *
 *      owner                                      thread
 *      ─────                                      ──────
 *      fills the request slot, rings BELL         asleep in its event loop: LINGERING is 0
 *      LINGERING is 0: sends WAKE ───────────────▶ empties the slot, runs the call
 *      waits: spinning for a moment, then parked
 *              ◀────────────────────────────────── fills the reply slot, increments `wake`
 *      empties the slot                           LINGERING is 1: looks at the slot at every turn of its loop, and
 *      fills the request slot, rings BELL ───────▶ for a moment spins (SPINNING is 1) or parks on BELL in between
 */

export const CALL = 0
export const CANCEL = 1
export const VALUE = 2
export const THROWN = 3
export const STREAM = 4
export const DYING = 5
export const EXIT = 6
export const FUNCTION = 7
export const WAKE = 8
export const READY = 9

/** Which of the two slots is which. */
export const REQUEST_SLOT = 0
export const REPLY_SLOT = 1

/**
 * The tags of a reply in its slot; its number is the run time in milliseconds. A request's tag is its function, its
 * text the JSON of `[args, context]`.
 */
export const IS_VALUE = 0
export const IS_UNDEFINED = 1

/** A call on its way to the thread. */
export type CallMessage = readonly [
  kind: typeof CALL,
  id: number,
  fn: number,
  args: readonly unknown[],
  deadline: number | undefined,
  context: CarriedContext | undefined
]

/** What the owner sends. */
export type ToThread =
  | CallMessage
  | readonly [kind: typeof CANCEL, id: number, thrown: EncodedThrown]
  | readonly [kind: typeof FUNCTION, fn: number, module: string, name: string]
  | readonly [kind: typeof WAKE]

/** How a call has ended. */
export type Answer =
  | readonly [kind: typeof VALUE, id: number, value: unknown, runTime: number]
  | readonly [kind: typeof THROWN, id: number, thrown: EncodedThrown]
  | readonly [kind: typeof STREAM, id: number, port: MessagePort]

/** What the thread sends. */
export type ToOwner =
  | Answer
  | readonly [kind: typeof READY, thrown: EncodedThrown | undefined]
  | readonly [kind: typeof DYING, thrown: EncodedThrown]
  | readonly [kind: typeof EXIT, code: number]

/** The thread's end of its lane. */
export interface ThreadData {
  readonly port: MessagePort
  /** Closes when the thread ends, however it ends (watcher.ts). */
  readonly life: MessagePort
  /** The owner's word: incremented and notified after each message, so that a blocked owner wakes. */
  readonly wake: Int32Array<SharedArrayBuffer>
  /** The words of `control`. */
  readonly control: Int32Array<SharedArrayBuffer>
  /** The two slots, one after the other. */
  readonly slots: SharedArrayBuffer
}

/** What a thread is started with: its lane, and how it is to live. */
export interface StartData extends ThreadData {
  /** Where the thread counts the threads that it starts itself. */
  readonly census: Census
  /** Where the thread says, after each call, how many megabytes of heap it uses; not there when nobody asks. */
  readonly heap?: Int32Array<SharedArrayBuffer> | undefined
  /** URL of the module that the thread imports before anything else. */
  readonly setup?: string | undefined
}

/** The word in `control` that is 0 while the thread lives. */
export const GONE = 0

/** The value of `GONE` when the thread has said its last words, which have all been sent. */
export const SAID_ITS_LAST = 1

/** The value of `GONE` when the thread ended without a word, as one does that runs out of memory. */
export const VANISHED = 2

/** The word in `control` that becomes 1 when the owner is about to end the thread: it starts no call any more. */
export const ENDING = 1

/** The word in `control` that counts the calls that the thread has started, in the order they were sent. */
export const STARTED = 2

/**
 * The word in `control` that holds the id of the call whose generator is being stepped, and 0 between steps: it
 * tells a stream that can't stop from one whose thread is merely busy with something else.
 */
export const STEPPING = 3

/** The word in `control` that counts the messages that the thread has sent: a blocked owner need not look for none. */
export const SENT = 4

/** The word in `control` that the owner increments and notifies whenever it sends something to a thread that lingers. */
export const BELL = 5

/** The word in `control` that is 1 while the thread looks at the request slot by itself, and needs no `WAKE`. */
export const LINGERING = 6

/** The word in `control` that tells whether a thread that lingers spins: 0 unless it is one of the two that follow. */
export const SPINNING = 7

/** The value of `SPINNING` when the owner has found that spinning is the faster way (tuner.ts). */
export const SHORTLY = 1

/** The value of `SPINNING` while the owner waits until both of them run at the same time. */
export const UNTIL_APART = 2

/** The word in `control` that changes at every turn of a thread that spins. */
export const BEAT = 8

/** The first of the words in `control` that hold the ids of cancelled calls: a synchronous loop can read them. */
const CANCELLED = 12
const CANCELLED_WORDS = 60

/** The first of the words in `control` that hold the places of calls that were taken back before they started. */
const TAKEN_BACK = CANCELLED + CANCELLED_WORDS

/** How many calls ahead of the thread can be taken back. */
export const TAKEN_BACK_WORDS = 64

/** How many words `control` has. */
export const CONTROL_WORDS = TAKEN_BACK + TAKEN_BACK_WORDS

/** The word that holds `place` when that call has been taken back. */
export function takenBackWord(place: number): number {
  return TAKEN_BACK + (place & (TAKEN_BACK_WORDS - 1))
}

/**
 * The place after `place`. Places are counted by words of 32 bits, which come round again.
 */
export function nextPlace(place: number): number {
  return (place + 1) | 0
}

/** Whether the one place comes after the other. */
export function isAfter(place: number, other: number): boolean {
  return ((place - other) | 0) > 0
}

/** The call id after `id`: a positive number that a word of 32 bits can hold. */
export function nextId(id: number): number {
  return id === 0x7fffffff ? 1 : id + 1
}

/** The word that holds `id` when that call has been cancelled. */
export function cancelledWord(id: number): number {
  return CANCELLED + (id % CANCELLED_WORDS)
}
