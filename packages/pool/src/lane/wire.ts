import type { MessagePort } from 'node:worker_threads'
import type { CarriedContext } from '@bridge/core'
import type { EncodedThrown, Placed, Task, TaskOperation } from '@bridge/core/executor'
import type { ObjectOnWire } from '@bridge/core/host'
import type { LostOnWire } from '@bridge/core/internal'
import type { CallbackOnWire } from '../callback/wire.js'
import type { Census } from '../thread/census.js'

/*
 * What a thread's owner and the thread say to each other. Small calls and their answers go through two rings in shared
 * memory (ring.ts), everything else through one port; each message there is an array whose first element is its kind.
 *
 *      owner                                      thread
 *      ─────                                      ──────
 *              ◀────────────────────────────────── READY thrown       it is up, or its setup failed
 *              ◀────────────────────────────────── IMPORTING id       what the call needs is being imported
 *              ◀────────────────────────────────── IMPORTED id        and is there, or failed: the function is entered
 *      FUNCTION fn module name operation keep ───▶ what the number means from now on
 *      CALL id fn args deadline context refs n ──▶ runs it; if it streams, n items of it are asked for
 *              ◀────────────────────────────────── VALUE id value runTime refs
 *         or   ◀────────────────────────────────── THROWN id thrown
 *         or   ◀────────────────────────────────── STREAM id c port n its items come over channel c, whose port is sent once
 *         or   ◀────────────────────────────────── UNREAD id what why its arguments can't be read there
         or   ◀────────────────────────────────── SKIPPED id         it was taken back or cancelled, and has not run
 *      CANCEL id thrown ─────────────────────────▶ tells the task; its answer still comes
 *      LEFT id ──────────────────────────────────▶ its caller waits no longer for a call that goes on: it takes no place
 *      RELEASE object received ──────────────────▶ nobody here holds the object any more
 *      BACK port ────────────────────────────────▶ over which it calls its owner (callback/wire.ts)
 *      WAKE ─────────────────────────────────────▶ there is something in the ring
      HEAD head object name ────────────────────▶ what the next message is about (message-heads.ts)
 *      END ──────────────────────────────────────▶ nothing runs there, and it is to end itself
 *      FINISH ───────────────────────────────────▶ the process ends: as END, when what is open there has been closed
 *              ◀────────────────────────────────── WAKE               there is something in the ring
 *              ◀────────────────────────────────── HEAD head          as above
              ◀────────────────────────────────── DROP callback n    the function is held there no more
 *              ◀────────────────────────────────── PRINTED fd chunks  what it has printed, where its owner writes that
 *              ◀────────────────────────────────── DYING thrown       an uncaught error ends the thread
 *              ◀────────────────────────────────── EXIT code          its last words
 *
 * The head of a message (message-heads.ts) is the id of its call, or what it negates where that is told apart: to the thread
 * -id of CANCEL, to the owner -id of THROWN; 0 of what is about no call.
 *
 * Calls start in the order in which they were sent: the owner writes to the ring only when everything has started that
 * it sent as a message, and the thread empties the ring before it reads a message.
 *
 * How either side is woken that sleeps in its event loop: by WAKE, of which there is never more than one on its way
 * (THREAD_WOKEN, OWNER_WOKEN). An owner that blocks waits on the word `wake`, which each answer increments. A thread
 * that has just answered stays up for a moment (linger.ts): LINGERING is 1, it looks at the ring by itself, and waits
 * on BELL, which each entry and each message increments.
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
export const SKIPPED = 10
export const READY = 9
export const RELEASE = 11
export const BACK = 12
export const DROP = 13
export const IMPORTING = 14
export const IMPORTED = 15
export const HEAD = 16
export const UNREAD = 17
export const END = 18
export const LEFT = 19
export const FINISH = 20
export const PRINTED = 21

/** An error in data, of which structured clone would take little. */
export type ErrorOnWire = readonly [kind: 'error', error: EncodedThrown]

/**
 * What stands in data for what does not cross as it is: an object of the thread's, a function of the owner's
 * (callback/wire.ts), an error that the thread sends, or what a structured clone loses. An operation on an object has its number as the first argument.
 */
export type Reference = ObjectOnWire | CallbackOnWire | ErrorOnWire | LostOnWire

/** What data refers to, where it refers to anything. */
export type References = readonly Placed<Reference>[] | undefined

/** Which of the two rings is which. */
export const REQUESTS = 0
export const REPLIES = 1

/** Whose heads are where: those of the lane's messages in both directions, and of those over the port of callbacks. */
export const TO_THREAD = 0
export const TO_OWNER = 1
export const CALLBACKS_TO_THREAD = 2
export const CALLBACKS_TO_OWNER = 3
export const WAYS = 4

/**
 * The owner's last word on the channel of a stream that has ended, which the thread waits for before it uses the channel
 * for another one. No message of a stream's protocol is a string.
 */
export const LET_GO = 'let go'

/** Whether it is that word. */
export function isLetGo(message: unknown): boolean {
  return message === LET_GO
}

/** How many items a call asks for whose caller waits for the first: those that a stream may be ahead at first. */
export const FIRST_ITEMS = 8192

/** A call on its way to the thread as a message; ring-calls.ts has the other way, which carries the same. */
export type CallMessage = readonly [
  kind: typeof CALL,
  id: number,
  fn: number,
  args: readonly unknown[],
  deadline: number | undefined,
  /** A number where the thread has been told it (contexts.ts). */
  context: CarriedContext | number | undefined,
  references: References,
  asked?: number
]

/** What the owner sends. */
export type ToThread =
  | CallMessage
  | readonly [kind: typeof CANCEL, id: number, thrown: EncodedThrown]
  | readonly [
      kind: typeof FUNCTION,
      fn: number,
      module: string,
      name: string,
      operation: TaskOperation | undefined,
      keep: Task['keep']
    ]
  | readonly [kind: typeof RELEASE, object: number, received: number]
  | readonly [kind: typeof BACK, port: MessagePort]
  | readonly [kind: typeof WAKE]
  | readonly [kind: typeof END]
  | readonly [kind: typeof FINISH]
  | readonly [kind: typeof LEFT, id: number]
  | HeadMessage

/** What of a call could not be read where it arrived. */
export type Unread = 'its arguments' | 'its result' | 'its error'

/**
 * What the next message is about, where the sender is far ahead of its reader, or else 0; and before a constructor's
 * call the object that it makes, since what is called of that must fail with it.
 */
export type HeadMessage = readonly [kind: typeof HEAD, head: number, object?: number, name?: string]

/** How a call has ended. */
export type Answer =
  | readonly [kind: typeof VALUE, id: number, value: unknown, runTime: number, references?: References]
  | readonly [kind: typeof THROWN, id: number, thrown: EncodedThrown]
  | readonly [kind: typeof STREAM, id: number, channel: number, port: MessagePort | undefined, asked: number]
  | readonly [kind: typeof SKIPPED, id: number]
  | readonly [kind: typeof UNREAD, id: number, what: Unread, why: string]

/** What the thread tells of calls and of itself. */
export type Report =
  | Answer
  | readonly [kind: typeof READY, thrown: EncodedThrown | undefined]
  | readonly [kind: typeof IMPORTING, id: number]
  | readonly [kind: typeof IMPORTED, id: number]
  | readonly [kind: typeof DROP, callback: number, received: number]
  | readonly [kind: typeof DYING, thrown: EncodedThrown]
  | readonly [kind: typeof EXIT, code: number]

/** What the thread has printed: texts, and bytes that were none. */
export type PrintedMessage = readonly [
  kind: typeof PRINTED,
  fd: Descriptor,
  chunks: readonly (string | Uint8Array)[]
]

/** Where a thread prints to: stdout or stderr. */
export type Descriptor = 1 | 2

/** What the thread sends. */
export type ToOwner = Report | PrintedMessage | readonly [kind: typeof WAKE] | HeadMessage

/** The thread's end of its lane. */
export interface ThreadData {
  readonly port: MessagePort
  /** Closes when the thread ends, however it ends (watcher.ts). */
  readonly life: MessagePort
  /** The owner's word: incremented and notified after each message, so that a blocked owner wakes. */
  readonly wake: Int32Array<SharedArrayBuffer>
  /** The words of `control`. */
  readonly control: Int32Array<SharedArrayBuffer>
  /** The two rings, one after the other. */
  readonly rings: SharedArrayBuffer
  /** The heads of the messages on each of the four ways, one after the other. */
  readonly heads: SharedArrayBuffer
  /** Which calls were cancelled (cancelled.ts). */
  readonly cancelled: SharedArrayBuffer
}

/** What a thread is started with: its lane, and how it is to live. */
export interface StartData extends ThreadData {
  /** Where the thread counts the threads that it starts itself. */
  readonly census: Census
  /** Where the thread says, after each call, how many megabytes of heap it uses; not there when nobody asks. */
  readonly heap?: Int32Array<SharedArrayBuffer> | undefined
  /** How many calls it runs at once, of those that are about no object. */
  readonly places: number
  /** Which of its executor's threads it is, from 1; the number of one that has ended is given to another. */
  readonly number: number
  /** The words of `control` of the thread that had the number before, where that one is about to end by itself. */
  readonly after: Int32Array<SharedArrayBuffer> | undefined
  /** Milliseconds that this one waits for the end of that. */
  readonly killGrace: number
  /** URL of the module that the thread imports before anything else. */
  readonly setup?: string | undefined
  /** What `workerData` is there for the modules that are imported. */
  readonly workerData?: unknown
  /** The modules of tasks whose top levels have it started, by their URLs: none of them can be its setup. */
  readonly loading: readonly string[]
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
 * The word in `control` that holds the id of the call whose synchronous section the thread is inside of, be it the beginning
 * of its function or a step of its generator, and 0 outside: it tells what can't stop from what is merely beside it. What
 * an asynchronous function does after an `await` is not known.
 */
export const STEPPING = 3

/**
 * The word in `control` that holds the number of the step under way, or of the last one. The thread writes it at the
 * beginning of each step, before `STEPPING`; the owner reads both in the other order. Where it finds the same two
 * twice, one and the same step has been under way all the time: that is being stuck, and having many to step is not.
 */
export const STEP = 18

/** The word in `control` that counts the messages that the thread has sent: a blocked owner need not look for none. */
export const SENT = 4

/** The word in `control` that the owner increments and notifies whenever it sends something to a thread that lingers. */
export const BELL = 5

/** The word in `control` that counts the messages that the owner has sent: a thread that lingers must not miss them. */
export const POSTED = 11

/** The word in `control` that is 1 while the thread looks at its ring by itself, and needs no `WAKE`. */
export const LINGERING = 6

/** The word in `control` that tells whether a thread that lingers spins: 0 unless it is one of the two that follow. */
export const SPINNING = 7

/** The value of `SPINNING` when the owner has found that spinning is the faster way (tuner.ts). */
export const SHORTLY = 1

/** The value of `SPINNING` while the owner waits until both of them run at the same time. */
export const UNTIL_APART = 2

/** The word in `control` that changes at every turn of a thread that spins. */
export const BEAT = 8

/** The word in `control` that is 1 while a `WAKE` is on its way to the thread. */
export const THREAD_WOKEN = 9

/** The word in `control` that is 1 while a `WAKE` is on its way to the owner. */
export const OWNER_WOKEN = 10

/**
 * The word in `control` that holds a bit (`throughBit`) for each of stdout and stderr that the thread's owner writes, since
 * what is written there does not go straight to the descriptor; one that is set stays, or what was sent before would come after what
 * is then written directly. The owner sets it when it sends a call, and the thread reads it whenever it prints.
 */
export const THROUGH = 12

/** The bit of `THROUGH` that is about a descriptor. */
export function throughBit(fd: Descriptor): number {
  return fd
}

/** The word in `control` that counts the generators whose streams were opened there and that have not ended. */
export const GENERATORS = 16

/** The word in `control` that holds how many objects are kept there that can be disposed; the thread alone writes it. */
export const DISPOSABLES = 19

/** The word in `control` that counts the `WAKE`s that the thread has read, each at a turn of its event loop. */
export const TURNS = 17

/** The first of the words in `control` that hold the places of calls that were taken back before they started. */
const TAKEN_BACK = 24

/** How many calls ahead of the thread can be taken back. */
export const TAKEN_BACK_WORDS = 64

/** How many words `control` has. */
export const CONTROL_WORDS = TAKEN_BACK + TAKEN_BACK_WORDS

/** Lets no word of those hold a place that it could be asked for. */
export function clearTakenBack(control: Int32Array<SharedArrayBuffer>): void {
  for (let slot = 0; slot < TAKEN_BACK_WORDS; slot++) control[TAKEN_BACK + slot] = slot + 1
}

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
