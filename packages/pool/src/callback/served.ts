import { AsyncLocalStorage } from 'node:async_hooks'
import type { Thread } from '../thread/thread.js'

/**
 * How deep calls and callbacks may be nested in one another before it is taken for a recursion without end: some way
 * below what a thread's stack holds.
 */
export const DEEPEST = 128

/** A callback that this thread runs for a call on another one, which waits for it. */
export interface Served {
  readonly name: string
  /** The thread that waits for its answer. */
  readonly thread: Thread
  /** The number by which that thread waits for it. */
  readonly call: number
  /** The call that it is run for, and its function's name, as far as they are known. */
  readonly forCall: number | undefined
  readonly callName: string | undefined
  /** What it is nested in. */
  readonly outer: Served | undefined
  readonly depth: number
  /** Whether that thread is blocked until then; no longer once it was told of a promise or a stream. */
  isBlocking: boolean
  /** Whether only this thread's event loop can go on with it; what can't is run, or stepped, though this thread is blocked. */
  needsLoop: boolean
  /** What looks again at calls that were made in it, when it blocks that thread no more. */
  readonly onUnblocked: (() => void)[]
  /** It has been answered. */
  isOver: boolean
}

// Made with the first callback: a process that passes none pays for no storage.
let storage: AsyncLocalStorage<Served> | undefined

/** The callback that this code belongs to, also after its awaits. */
export function servedNow(): Served | undefined {
  return storage?.getStore()
}

/** Runs a callback, so that the calls it makes know what they are nested in. */
export function serving<R>(served: Served, run: () => R): R {
  storage ??= new AsyncLocalStorage()
  return storage.run(served, run)
}

/** The callbacks that still wait for this code to end, or for what is nested in one, the innermost first. */
export function* waitingFor(nestedIn = servedNow()): Generator<Served, void, undefined> {
  for (let served = nestedIn; served !== undefined; served = served.outer) if (!served.isOver) yield served
}

/**
 * Whether a thread waits for the code that makes a call, and the call can't come after that: where it blocks the thread,
 * a call that is not blocking may be awaited after the code has returned.
 */
export function isWaitedFor(
  { nestedIn, isBlocking }: { readonly nestedIn: Served | undefined; readonly isBlocking: boolean },
  thread: Thread
): boolean {
  for (const served of waitingFor(nestedIn)) {
    if (served.thread === thread && (isBlocking || !served.isBlocking)) return true
  }
  return false
}
