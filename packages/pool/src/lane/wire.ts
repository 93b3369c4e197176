import type { MessagePort } from 'node:worker_threads'
import type { CarriedContext } from '@bridge/core'
import type { EncodedThrown } from '@bridge/core/executor'
import type { Census } from '../thread/census.js'

/*
 * What a thread's owner and the thread say to each other. Each message is an array whose first element is its
 * kind. One port carries all of it, for awaited and for blocking calls alike; the words below are what both
 * sides can see while either of them does not read its port.
 *
 *      owner                                      thread
 *      ─────                                      ──────
 *              ◀────────────────────────────────── READY thrown       it is up, or its setup failed so
 *      CALL id module name args deadline context ▶ runs it
 *              ◀────────────────────────────────── VALUE id value runTime
 *         or   ◀────────────────────────────────── THROWN id thrown
 *         or   ◀────────────────────────────────── STREAM id port     its items come over that port
 *      CANCEL id thrown ─────────────────────────▶ tells the task; its answer still comes
 *              ◀────────────────────────────────── DYING thrown       an uncaught error ends the thread
 *              ◀────────────────────────────────── EXIT code          its last words
 */

export const CALL = 0
export const CANCEL = 1
export const VALUE = 2
export const THROWN = 3
export const STREAM = 4
export const DYING = 5
export const EXIT = 6
export const READY = 9

/** A call on its way to the thread. */
export type CallMessage = readonly [
  kind: typeof CALL,
  id: number,
  module: string,
  name: string,
  args: readonly unknown[],
  deadline: number | undefined,
  context: CarriedContext | undefined
]

/** What the owner sends. */
export type ToThread = CallMessage | readonly [kind: typeof CANCEL, id: number, thrown: EncodedThrown]

/** What the thread sends. */
export type ToOwner =
  | readonly [kind: typeof READY, thrown: EncodedThrown | undefined]
  | readonly [kind: typeof VALUE, id: number, value: unknown, runTime: number]
  | readonly [kind: typeof THROWN, id: number, thrown: EncodedThrown]
  | readonly [kind: typeof STREAM, id: number, port: MessagePort]
  | readonly [kind: typeof DYING, thrown: EncodedThrown]
  | readonly [kind: typeof EXIT, code: number]

/** The thread's end of its lane. */
export interface ThreadData {
  readonly port: MessagePort
  /** The owner's word: incremented and notified after each message, so that a blocked owner wakes. */
  readonly wake: Int32Array<SharedArrayBuffer>
  /** The words of `control`. */
  readonly control: Int32Array<SharedArrayBuffer>
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

/** The word in `control` that becomes 1 when the thread has ended. */
export const GONE = 0

/** The word in `control` that becomes 1 when the owner is about to end the thread: it starts no call any more. */
export const ENDING = 1

/** The word in `control` that counts the calls that the thread has started, in the order they were sent. */
export const STARTED = 2

/**
 * The word in `control` that holds the id of the call whose generator is being stepped, and 0 between steps: it
 * tells a stream that can't stop from one whose thread is merely busy with something else.
 */
export const STEPPING = 3

/** The first of the words in `control` that hold the ids of cancelled calls: a synchronous loop can read them. */
const CANCELLED = 4
const CANCELLED_WORDS = 60

/** The first of the words in `control` that hold the places of calls that were taken back before they started. */
const TAKEN_BACK = CANCELLED + CANCELLED_WORDS

/** How many calls ahead of the thread can be taken back. */
export const TAKEN_BACK_WORDS = 64

/** How many words `control` has. */
export const CONTROL_WORDS = TAKEN_BACK + TAKEN_BACK_WORDS

/** The word that holds `place` when that call has been taken back. */
export function takenBackWord(place: number): number {
  return TAKEN_BACK + (place % TAKEN_BACK_WORDS)
}

/** The word that holds `id` when that call has been cancelled. */
export function cancelledWord(id: number): number {
  return CANCELLED + (id % CANCELLED_WORDS)
}
