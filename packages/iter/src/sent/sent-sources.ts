import { AsyncLocalStorage } from 'node:async_hooks'
import type { MessagePort } from 'node:worker_threads'
import type { Transferable } from '@bridge/core/executor'

/** The sender's end of a sent stream, for executors. */
export interface SentSource {
  /** The stream's id, which its reader knows, too. */
  readonly id: number
  /** Whether the receiver has opened it, and it has not ended. */
  readonly isRead: boolean
  /** Resolves when it has ended, including its `finally`. */
  readonly ended: Promise<void>
  /** Resolves when it has ended, or its receiver is gone and no longer waits for it. */
  readonly left: Promise<void>
  /** Whether the receiver has requested items that only this thread's event loop can produce. */
  readonly needsLoop: boolean
  /** The stream in whose step this stream was made. */
  readonly outer?: SentSource | undefined
  /** Ends it; the receiver gets `error` after the items already sent. */
  fail(error: unknown): void
}

/** A word in shared memory that changes when there is something to process. */
export interface WakeCounter {
  readonly words: Int32Array<SharedArrayBuffer>
  readonly index: number
  /** Called before each wait and whenever the word may have changed. */
  poll(): void
  /** Waits until the word is no longer `seen`, for an item of the stream with the id `source`; by default `Atomics.wait`. */
  wait?(seen: number, timeout: number, source: number): void
}

/** How a thread of an executor waits for messages of its parent, and its thread id. */
interface Receiver {
  readonly thread: number
  readonly wakeCounter: WakeCounter
}

/** A source that can be stepped while this thread is blocked. */
export interface Steppable extends Omit<SentSource, 'id'> {
  /** Continues for a moment without the event loop; returns whether there is more to do. */
  stepBlocked(): boolean
}

interface Sources {
  readonly live: Set<Steppable>
  readonly byPort: WeakMap<object, SentSource>
  /** How many ids were assigned. */
  made: number
  /** The word on which this thread waits while an executor blocks it. */
  word: Int32Array<SharedArrayBuffer> | undefined
  /** The source whose step the current code is. */
  stepped: AsyncLocalStorage<SentSource> | undefined
  /** How this thread waits for items of streams that its parent has sent. */
  receiver: Receiver | undefined
  /** By a stream's port: sets the thread that the stream is sent to. */
  readonly readers: WeakMap<object, SetReader>
}

/** Sets the id of the reading thread, and the function that wakes it after each message. */
type SetReader = (thread: number, wake: () => void) => void

/** Shared by all copies of this package: an executor may use another copy than the sender. */
function sources(): Sources {
  const slot = Symbol.for('@bridge/iter/sent-sources')
  const holder = globalThis as unknown as Record<symbol, Sources | undefined>
  holder[slot] ??= {
    live: new Set(),
    byPort: new WeakMap(),
    made: 0,
    word: undefined,
    stepped: undefined,
    receiver: undefined,
    readers: new WeakMap()
  }
  return holder[slot]
}

/** From now on until its end, the source is stepped while this thread is blocked. */
export function addSource(port: MessagePort, source: Steppable & SentSource, setReader: SetReader): void {
  const { live, byPort, readers } = sources()
  live.add(source)
  byPort.set(port, source)
  readers.set(port, setReader)
  void source.ended.then(() => live.delete(source))
}

/** A new id for a source. */
export function newSourceId(): number {
  return ++sources().made
}

/** Runs steps of a source, so that `steppedSource` returns it in their calls. */
export function stepping<S>(source: SentSource, steps: () => S): S {
  const all = sources()
  all.stepped ??= new AsyncLocalStorage()
  return all.stepped.run(source, steps)
}

/**
 * For executors: the sent stream whose step the current code is, also after awaits; `undefined` if there is none.
 *
 * @example
 * ```ts
 * const stepped = steppedSource()
 * if (stepped !== undefined && sentStreamsIn(transferList)?.includes(stepped)) throw deadlock
 * ```
 */
export function steppedSource(): SentSource | undefined {
  return sources().stepped?.getStore()
}

/**
 * For an executor that is the parent of a thread: `wake` is called after each message of the streams in `transferList`,
 * which are about to be sent to the thread with the id `thread`. On that thread, `receiveBy` sets how it waits for them.
 *
 * @example
 * ```ts
 * wakeReaderOf(run.transferList, worker.threadId, () => notify(wakeCounter))
 * ```
 */
export function wakeReaderOf(
  transferList: readonly Transferable[] | undefined,
  thread: number,
  wake: () => void
): void {
  for (const move of transferList ?? []) sources().readers.get(move)?.(thread, wake)
}

/**
 * For executors, on one of their threads: sets how a blocking `for` waits over a stream that the parent has sent by
 * `wakeReaderOf` with the same thread id. During the wait the thread can process other requests of its parent.
 *
 * @example
 * ```ts
 * receiveBy(threadId, { words: control, index: WAKE_COUNT, poll: () => receiveRequests() })
 * ```
 */
export function receiveBy(thread: number, wakeCounter: WakeCounter): void {
  sources().receiver = { thread, wakeCounter }
}

/** What this thread waits on for a stream that was sent to `thread`; `undefined` if that is another thread. */
export function wakeCounterFor(thread: number | undefined): WakeCounter | undefined {
  const { receiver } = sources()
  return receiver !== undefined && receiver.thread === thread ? receiver.wakeCounter : undefined
}

/** Whether a blocked wait has anything to step. */
export function hasSources(): boolean {
  return sources().live.size > 0
}

/** The word that a receiver increments and notifies after each of its messages, to wake a blocked sender. */
export function senderWord(): Int32Array<SharedArrayBuffer> | undefined {
  return sources().word
}

/**
 * For executors that block a thread: the thread waits on `word` while it is blocked. Receivers of streams that are sent from
 * this thread increment and notify it, so that `stepSentStreams` can be called.
 *
 * @example
 * ```ts
 * watchSentStreams(word)
 * ```
 */
export function watchSentStreams(word: Int32Array<SharedArrayBuffer>): void {
  sources().word = word
}

/**
 * For executors that block a thread: steps the streams that were sent from it and whose items are synchronous, as those of
 * a synchronous generator, for a few milliseconds each. To be called at each check for messages; returns whether there is
 * more to do, in which case it also increments the word of `watchSentStreams`.
 *
 * @example
 * ```ts
 * const seen = Atomics.load(word, 0)
 * stepSentStreams()
 * if (!isDone()) Atomics.wait(word, 0, seen)
 * ```
 */
export function stepSentStreams(): boolean {
  const { live, word } = sources()
  let hasMore = false
  for (const source of live) hasMore = source.stepBlocked() || hasMore
  if (hasMore && word !== undefined) Atomics.add(word, 0, 1)
  return hasMore
}

/**
 * For executors: this thread's streams in the transfer list of a call (`takeTransfers`), by their ports; `undefined` if
 * there are none.
 *
 * @example
 * ```ts
 * for (const source of sentStreamsIn(takeTransfers(args)) ?? []) if (source.needsLoop) source.fail(deadlock)
 * ```
 */
export function sentStreamsIn(
  transferList: readonly Transferable[] | undefined
): readonly SentSource[] | undefined {
  if (transferList === undefined) return undefined
  const { byPort } = sources()
  const sent = transferList.map(move => byPort.get(move)).filter(source => source !== undefined)
  return sent.length > 0 ? sent : undefined
}
