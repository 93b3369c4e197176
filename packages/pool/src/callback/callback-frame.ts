import { AsyncLocalStorage } from 'node:async_hooks'
import type { Thread } from '../thread/thread.js'

/**
 * How deeply calls and callbacks may be nested before that counts as an endless recursion: well below what a thread's
 * stack can hold.
 */
export const DEEPEST = 128

/** A callback that this thread runs for a call on another thread, which waits for it. */
export interface CallbackFrame {
  readonly name: string
  /** The thread that waits for its answer. */
  readonly thread: Thread
  /** The number under which that thread waits for it. */
  readonly call: number
  /** The call for which it runs, and the name of that call's function, as far as they are known. */
  readonly forCall: number | undefined
  readonly callName: string | undefined
  /** The frame in which it is nested. */
  readonly outer: CallbackFrame | undefined
  readonly depth: number
  /** Whether that thread is blocked until the callback ends; no longer once it has been sent a promise or a stream. */
  isBlocking: boolean
  /**
   * Whether the callback needs this thread's event loop; others are run, or stepped, even while this thread is blocked.
   */
  needsLoop: boolean
  /** Called when the callback no longer blocks that thread, to check the calls that were made in it again. */
  readonly onUnblocked: (() => void)[]
  /** It has been answered. */
  isOver: boolean
}

// Created with the first callback: a process without callbacks needs no storage.
let storage: AsyncLocalStorage<CallbackFrame> | undefined

/** The callback to which the running code belongs, also after its awaits. */
export function currentFrame(): CallbackFrame | undefined {
  return storage?.getStore()
}

/** Runs a callback, so that the calls it makes know their frame. */
export function serving<R>(served: CallbackFrame, run: () => R): R {
  storage ??= new AsyncLocalStorage()
  return storage.run(served, run)
}

/** The callbacks that wait for this code to end, or for a frame nested in it, the innermost first. */
export function* waitingCallers(nestedIn = currentFrame()): Generator<CallbackFrame, void, undefined> {
  for (let served = nestedIn; served !== undefined; served = served.outer) if (!served.isOver) yield served
}

/**
 * Whether a thread waits for the code that makes a call, so that the call can't wait for that thread: if the code
 * blocks the thread, a call that is not blocking may be awaited after the code has returned.
 */
export function isWaitedFor(
  { nestedIn, isBlocking }: { readonly nestedIn: CallbackFrame | undefined; readonly isBlocking: boolean },
  thread: Thread
): boolean {
  for (const served of waitingCallers(nestedIn)) {
    if (served.thread === thread && (isBlocking || !served.isBlocking)) return true
  }
  return false
}
