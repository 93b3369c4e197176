import { AsyncLocalStorage } from 'node:async_hooks'
import type { MessagePort } from 'node:worker_threads'
import type { Transferable } from '@bridge/core/executor'

/** The end of a sent stream that stays with its sender, as an executor sees it. */
export interface SentSource {
  /** Its number, by which its reader knows it, too. */
  readonly id: number
  /** Whether the receiver has opened it, and it has not ended. */
  readonly isRead: boolean
  /** Resolves when it has ended, its `finally` included. */
  readonly ended: Promise<void>
  /** Resolves when it has ended, or its receiver has gone and waits for nothing of it. */
  readonly left: Promise<void>
  /** Whether the receiver has asked for items that only this thread's event loop can give. */
  readonly needsLoop: boolean
  /** The one in a step of which this one was made. */
  readonly outer?: SentSource | undefined
  /** Ends it; the receiver gets `error` after the items that are on their way. */
  fail(error: unknown): void
}

/** A word that changes when there is something to look at. */
export interface Bell {
  readonly words: Int32Array<SharedArrayBuffer>
  readonly index: number
  /** Called before each wait and whenever the word may have changed. */
  look(): void
  /** Waits until the word is not `seen` any more, for an item of the stream of that number; as `Atomics.wait` does unless set. */
  wait?(seen: number, timeout: number, source: number): void
}

/** What a thread of an executor's waits on for what its owner sends, and by which number its owner knows it. */
interface Receiver {
  readonly thread: number
  readonly bell: Bell
}

/** What is stepped while this thread is blocked. */
export interface Steppable extends Omit<SentSource, 'id'> {
  /** Goes on without the event loop, for a moment; whether there is more to do. */
  stepBlocked(): boolean
}

interface Sources {
  readonly live: Set<Steppable>
  readonly byPort: WeakMap<object, SentSource>
  /** How many were made. */
  made: number
  /** The word that this thread watches while an executor blocks it. */
  word: Int32Array<SharedArrayBuffer> | undefined
  /** The source that code is a step of. */
  stepped: AsyncLocalStorage<SentSource> | undefined
  /** How this thread waits for items of streams that its owner has sent to it. */
  receiver: Receiver | undefined
  /** Tells a stream which thread it is sent to, by its port. */
  readonly readers: WeakMap<object, SetReader>
}

/** Takes the number of the thread that reads, and what wakes that after each message. */
type SetReader = (thread: number, wake: () => void) => void

/** Every copy of this package must see them: an executor may have another one than who sends. */
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

/** From now on, until it has ended, a blocked wait of this thread steps this source. */
export function addSource(port: MessagePort, source: Steppable & SentSource, setReader: SetReader): void {
  const { live, byPort, readers } = sources()
  live.add(source)
  byPort.set(port, source)
  readers.set(port, setReader)
  void source.ended.then(() => live.delete(source))
}

/** A number for a source that is made now. */
export function newSourceId(): number {
  return ++sources().made
}

/** Runs steps of a source, so that what they call knows which it is. */
export function stepping<S>(source: SentSource, steps: () => S): S {
  const all = sources()
  all.stepped ??= new AsyncLocalStorage()
  return all.stepped.run(source, steps)
}

/**
 * For executors: the sent stream that this code is a step of, also after its awaits; `undefined` where it is none.
 *
 * @example
 * ```ts
 * if (sentStreamsIn(moves)?.includes(steppedSource())) throw deadlock
 * ```
 */
export function steppedSource(): SentSource | undefined {
  return sources().stepped?.getStore()
}

/**
 * For executors that own a thread: `wake` is called after each message of the streams among `moves`, which are about to
 * be sent to the thread of that number. There `receiveBy` says how it waits for them.
 *
 * @example
 * ```ts
 * wakeReaderOf(run.moves, worker.threadId, () => ring(bell))
 * ```
 */
export function wakeReaderOf(
  moves: readonly Transferable[] | undefined,
  thread: number,
  wake: () => void
): void {
  for (const move of moves ?? []) sources().readers.get(move)?.(thread, wake)
}

/**
 * For executors, on a thread of theirs: how a blocking `for` over a stream waits that its owner has sent to it, by
 * `wakeReaderOf`, under the number that the owner has given there. What else its owner asks meanwhile it can do.
 *
 * @example
 * ```ts
 * receiveBy(threadId, { words: control, index: BELL, look: () => takeWhatTheOwnerAsks() })
 * ```
 */
export function receiveBy(thread: number, bell: Bell): void {
  sources().receiver = { thread, bell }
}

/** What this thread waits on for a stream that was sent to the thread of that number; `undefined` where that is another. */
export function bellFor(thread: number | undefined): Bell | undefined {
  const { receiver } = sources()
  return receiver !== undefined && receiver.thread === thread ? receiver.bell : undefined
}

/** Whether a blocked wait has anything to step. */
export function hasSources(): boolean {
  return sources().live.size > 0
}

/** What a receiver increments and notifies after each of its messages, so that a blocked sender learns of them. */
export function senderWord(): Int32Array<SharedArrayBuffer> | undefined {
  return sources().word
}

/**
 * For executors that block a thread: `word` is what the thread watches meanwhile. Receivers of the streams that are
 * sent from here increment and notify it, for `stepSentStreams` to be called.
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
 * For executors that block a thread: steps the streams that were sent from it and whose items are there at once, as
 * those of a synchronous generator are, a few milliseconds each. To be called with every look at what has arrived;
 * whether there is more to do, in which case it also increments the word of `watchSentStreams`.
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
 * For executors: the streams of this thread among what a call moves to another one (`takeTransfers`), by their ports;
 * `undefined` where there are none.
 *
 * @example
 * ```ts
 * for (const source of sentStreamsIn(takeTransfers(args)) ?? []) if (source.needsLoop) source.fail(deadlock)
 * ```
 */
export function sentStreamsIn(moves: readonly Transferable[] | undefined): readonly SentSource[] | undefined {
  if (moves === undefined) return undefined
  const { byPort } = sources()
  const sent = moves.map(move => byPort.get(move)).filter(source => source !== undefined)
  return sent.length > 0 ? sent : undefined
}
