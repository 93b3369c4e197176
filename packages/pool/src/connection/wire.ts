import type { MessagePort } from 'node:worker_threads'
import type { CarriedContext } from '@bridge/core'
import type { EncodedThrown, Placed, Task, TaskOperation } from '@bridge/core/executor'
import type { ObjectOnWire } from '@bridge/core/host'
import type { LostOnWire } from '@bridge/core/internal'
import type { CallbackOnWire } from '../callback/wire.js'
import type { ThreadCount } from '../thread/thread-count.js'

/*
 * The messages between a thread and its parent. Small calls and their answers go through two rings in shared memory
 * (ring.ts), everything else through one port; each message there is an array whose first element is its kind.
 *
 *      parent                                     thread
 *      ──────                                     ──────
 *              ◀────────────────────────────────── READY thrown       it has started, or its setup failed
 *              ◀────────────────────────────────── IMPORTING id       the modules of the call are being imported
 *              ◀────────────────────────────────── IMPORTED id        the import is done, or failed: the function is entered
 *      FUNCTION fn module name operation keep ───▶ assigns the number to a function
 *      CALL id fn args deadline context refs n ──▶ runs it; if it streams, n items of it are requested
 *              ◀────────────────────────────────── VALUE id value runTime refs
 *         or   ◀────────────────────────────────── THROWN id thrown
 *         or   ◀────────────────────────────────── STREAM id c port n its items come over channel c, whose port is sent once
 *         or   ◀────────────────────────────────── UNREAD id what why its arguments can't be read there
 *         or   ◀────────────────────────────────── SKIPPED id         it was reclaimed or cancelled, and has not run
 *      CANCEL id thrown ─────────────────────────▶ aborts the signal of the task; its answer still comes
 *      ABANDONED id ─────────────────────────────▶ its caller no longer waits for a call that continues: it occupies no place
 *      RELEASE object received ──────────────────▶ the parent has released the object
 *      BACK port ────────────────────────────────▶ over which it calls functions of its parent (callback/wire.ts)
 *      WAKE ─────────────────────────────────────▶ there is something in the ring
 *      HEAD head object name ────────────────────▶ what the next message is about (message-heads.ts)
 *      END ──────────────────────────────────────▶ nothing runs there, and it ends itself
 *      FINISH ───────────────────────────────────▶ the process ends: like END, after closing open streams and objects
 *              ◀────────────────────────────────── WAKE               there is something in the ring
 *              ◀────────────────────────────────── HEAD head          as above
 *              ◀────────────────────────────────── RELEASE_FUNCTION callback n  by the thread
 *              ◀────────────────────────────────── PRINTED fd chunks  its output, if the parent writes that
 *              ◀────────────────────────────────── DYING thrown       an uncaught error ends the thread
 *              ◀────────────────────────────────── EXIT code          its report at its exit
 *
 * The head of a message (message-heads.ts) is the id of its call, negated for CANCEL to the thread and THROWN to the
 * parent; 0 for a message that belongs to no call.
 *
 * Calls start in the order in which they were sent: the parent writes to the ring only when every call that it sent as
 * a message has started, and the thread empties the ring before it reads a message.
 *
 * A thread that sleeps in its event loop is woken by WAKE, of which at most one is on its way in each direction
 * (THREAD_WOKEN, PARENT_WOKEN). A blocked parent waits on the word `wake`, which each answer increments. A thread that
 * has just answered busy-waits for a moment (busy-wait.ts): BUSY_WAITING is 1, it reads the ring by itself, and waits
 * on WAKE_COUNT, which each entry and each message increments.
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
export const RELEASE_FUNCTION = 13
export const IMPORTING = 14
export const IMPORTED = 15
export const HEAD = 16
export const UNREAD = 17
export const END = 18
export const ABANDONED = 19
export const FINISH = 20
export const PRINTED = 21

/** An error in data; structured clone would keep little of it. */
export type ErrorOnWire = readonly [kind: 'error', error: EncodedThrown]

/**
 * A reference in data to something that does not cross by value: an object of the thread, a function of the parent
 * (callback/wire.ts), an error that the thread sends, or a value that a structured clone would lose. An operation on an
 * object has its number as the first argument.
 */
export type Reference = ObjectOnWire | CallbackOnWire | ErrorOnWire | LostOnWire

/** The references of data, if it has any. */
export type References = readonly Placed<Reference>[] | undefined

/** The index of each of the two rings. */
export const REQUESTS = 0
export const REPLIES = 1

/**
 * The index of each set of heads: those of the connection's messages in both directions, and those of the callback
 * port's messages.
 */
export const TO_THREAD = 0
export const TO_PARENT = 1
export const CALLBACKS_TO_THREAD = 2
export const CALLBACKS_TO_PARENT = 3
export const WAYS = 4

/**
 * The parent's final message on the channel of a stream that has ended, which the thread waits for before it uses the
 * channel for another stream. No message of a stream's protocol is a string.
 */
export const RELEASED = 'released'

/** Whether it is that message. */
export function isReleased(message: unknown): boolean {
  return message === RELEASED
}

/**
 * How many items are requested with a call whose caller waits for the first: the number by which a stream may be ahead
 * at first.
 */
export const FIRST_ITEMS = 8192

/** A call that is sent to the thread as a message; ring-calls.ts describes the ring's form, which carries the same. */
export type CallMessage = readonly [
  kind: typeof CALL,
  id: number,
  fn: number,
  args: readonly unknown[],
  deadline: number | undefined,
  /** A number if the thread knows it (contexts.ts). */
  context: CarriedContext | number | undefined,
  references: References,
  asked?: number
]

/** What the parent sends. */
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
  | readonly [kind: typeof ABANDONED, id: number]
  | HeadMessage

/** Which part of a call could not be deserialized by its receiver. */
export type Unread = 'its arguments' | 'its result' | 'its error'

/**
 * The head of the next message, if the sender is far ahead of its reader, otherwise 0; and before a constructor's call
 * the object that it constructs, since calls of that object must fail if the call can't be deserialized.
 */
export type HeadMessage = readonly [kind: typeof HEAD, head: number, object?: number, name?: string]

/** The outcome of a call. */
export type Answer =
  | readonly [kind: typeof VALUE, id: number, value: unknown, runTime: number, references?: References]
  | readonly [kind: typeof THROWN, id: number, thrown: EncodedThrown]
  | readonly [kind: typeof STREAM, id: number, channel: number, port: MessagePort | undefined, asked: number]
  | readonly [kind: typeof SKIPPED, id: number]
  | readonly [kind: typeof UNREAD, id: number, what: Unread, why: string]

/** Reports of the thread about calls and about itself. */
export type Report =
  | Answer
  | readonly [kind: typeof READY, thrown: EncodedThrown | undefined]
  | readonly [kind: typeof IMPORTING, id: number]
  | readonly [kind: typeof IMPORTED, id: number]
  | readonly [kind: typeof RELEASE_FUNCTION, callback: number, received: number]
  | readonly [kind: typeof DYING, thrown: EncodedThrown]
  | readonly [kind: typeof EXIT, code: number]

/** Output of the thread: texts, and bytes that are not text. */
export type PrintedMessage = readonly [
  kind: typeof PRINTED,
  fd: Descriptor,
  chunks: readonly (string | Uint8Array)[]
]

/** The target of output: stdout or stderr. */
export type Descriptor = 1 | 2

/** What the thread sends. */
export type ToParent = Report | PrintedMessage | readonly [kind: typeof WAKE] | HeadMessage

/** The thread's end of the connection. */
export interface ThreadData {
  readonly port: MessagePort
  /** Closes when the thread ends, in any way (watcher.ts). */
  readonly life: MessagePort
  /** The parent's word: incremented and notified after each message, so that a blocked parent wakes. */
  readonly wake: Int32Array<SharedArrayBuffer>
  /** The words of `control`. */
  readonly control: Int32Array<SharedArrayBuffer>
  /** The two rings, one after the other. */
  readonly rings: SharedArrayBuffer
  /** The heads of the messages in each of the four directions, one after the other. */
  readonly heads: SharedArrayBuffer
  /** Which calls were cancelled (cancelled.ts). */
  readonly cancelled: SharedArrayBuffer
}

/** What a thread is started with: its connection, and its settings. */
export interface StartData extends ThreadData {
  /** The words in which the threads that it starts are counted. */
  readonly threadCount: ThreadCount
  /** Where the thread writes, after each call, how many megabytes of heap it uses; `undefined` if that is not needed. */
  readonly heap?: Int32Array<SharedArrayBuffer> | undefined
  /** How many calls it runs at the same time, without calls on objects. */
  readonly places: number
  /** Its number among its executor's threads, from 1; the number of a thread that has ended is used again. */
  readonly number: number
  /** The words of `control` of the thread that had the number before, if that is about to end by itself. */
  readonly after: Int32Array<SharedArrayBuffer> | undefined
  /** Milliseconds that this thread waits for the end of that thread. */
  readonly killGrace: number
  /** URL of the module that the thread imports before anything else. */
  readonly setup?: string | undefined
  /** `workerData` for the modules that are imported there. */
  readonly workerData?: unknown
  /** The modules of tasks whose top levels have started it, by URL: none of them can be its setup. */
  readonly loading: readonly string[]
}

/** The word in `control` that is 0 while the thread lives. */
export const GONE = 0

/** The value of `GONE` when the thread has reported its end, after sending everything. */
export const EXITED_CLEANLY = 1

/** The value of `GONE` when the thread ended without a report, as when it runs out of memory. */
export const EXITED_SILENTLY = 2

/** The word in `control` that becomes 1 when the parent is about to end the thread: it starts no more calls. */
export const ENDING = 1

/** The word in `control` that counts the calls that the thread has started, in the order they were sent. */
export const STARTED = 2

/**
 * The word in `control` that holds the id of the call whose synchronous section the thread is running, either the
 * beginning of its function or a step of its generator, and 0 outside: it distinguishes the call that can't stop from
 * calls that merely run on the same thread. Code of an asynchronous function after an `await` is not tracked.
 */
export const STEPPING = 3

/**
 * The word in `control` that holds the number of the current or last step. The thread writes it at the beginning of
 * each step, before `STEPPING`; the parent reads both in the opposite order. If it finds the same two values twice, the
 * same step has been running all the time: the thread is stuck, and not just busy with many steps.
 */
export const STEP = 18

/**
 * The word in `control` that counts the messages that the thread has sent: a blocked parent need not read the port when
 * there are none.
 */
export const WORKER_SENT = 4

/**
 * The word in `control` that the parent increments and notifies whenever it sends something to a thread that
 * busy-waits.
 */
export const WAKE_COUNT = 5

/**
 * The word in `control` that counts the messages that the parent has sent: a thread that busy-waits must not miss them.
 */
export const PARENT_SENT = 11

/** The word in `control` that is 1 while the thread reads its ring by itself, and needs no `WAKE`. */
export const BUSY_WAITING = 6

/**
 * The word in `control` that determines whether a thread that busy-waits spins: 0, or one of the following two values.
 */
export const SPINNING = 7

/** The value of `SPINNING` when the parent has measured that spinning is faster (tuner.ts). */
export const SHORTLY = 1

/** The value of `SPINNING` while the parent waits until both threads run at the same time. */
export const UNTIL_SEPARATED = 2

/** The word in `control` that changes at every turn of a thread that spins. */
export const BEAT = 8

/** The word in `control` that is 1 while a `WAKE` is on its way to the thread. */
export const THREAD_WOKEN = 9

/** The word in `control` that is 1 while a `WAKE` is on its way to the parent. */
export const PARENT_WOKEN = 10

/**
 * The word in `control` that holds a bit (`throughBit`) for each of stdout and stderr that the parent writes for the
 * thread, because it does not write directly to the descriptor; a bit stays set, or output that was sent before would
 * appear after output that is then written directly. The parent sets it when it sends a call, and the thread reads it
 * whenever it prints.
 */
export const THROUGH = 12

/** The bit of `THROUGH` for a descriptor. */
export function throughBit(fd: Descriptor): number {
  return fd
}

/** The word in `control` that counts the generators whose streams were opened there and that have not ended. */
export const GENERATORS = 16

/** The word in `control` that holds how many disposable objects are kept there; only the thread writes it. */
export const DISPOSABLES = 19

/** The word in `control` that counts the `WAKE`s that the thread has read, each at a turn of its event loop. */
export const TURNS = 17

/**
 * The first of the words in `control` that hold the sequence numbers of calls that were reclaimed before they started.
 */
const RECLAIMED = 24

/** How many calls ahead of the thread can be reclaimed. */
export const RECLAIMED_WORDS = 64

/** How many words `control` has. */
export const CONTROL_WORDS = RECLAIMED + RECLAIMED_WORDS

/** Sets each of these words to a sequence number that is not looked up in it. */
export function clearReclaimed(control: Int32Array<SharedArrayBuffer>): void {
  for (let slot = 0; slot < RECLAIMED_WORDS; slot++) control[RECLAIMED + slot] = slot + 1
}

/** The word that holds `sequence` when that call has been reclaimed. */
export function reclaimedWord(sequence: number): number {
  return RECLAIMED + (sequence & (RECLAIMED_WORDS - 1))
}

/**
 * The sequence number after `sequence`. Sequence numbers are 32-bit words, which wrap around.
 */
export function nextSequence(sequence: number): number {
  return (sequence + 1) | 0
}

/** Whether one sequence number comes after the other. */
export function isAfter(sequence: number, other: number): boolean {
  return ((sequence - other) | 0) > 0
}

/** The call id after `id`: a positive number that a word of 32 bits can hold. */
export function nextId(id: number): number {
  return id === 0x7fffffff ? 1 : id + 1
}
