import { DeadlockError } from '@bridge/core'
import { type BlockedCall, blockedCalls } from '../thread/block-in-turns.js'
import { type CallbackFrame, DEEPEST, waitingCallers } from './callback-frame.js'

/**
 * The error of a callback that needs this thread's event loop, while this thread is blocked by the call that calls it.
 */
export function needsBlockedThread(callback: string, blocking: string): DeadlockError {
  return new DeadlockError(
    `${callback}() is asynchronous and needs the thread that passed it, which is blocked by ${blocking}() until that ` +
      `has ended: ${blocking}() → ${callback}() → ${blocking}(); await ${blocking}(), or pass it a synchronous function`
  )
}

/** @throws DeadlockError when the call waits for the very code that would wait for it. */
export function refuseWaitingForItself({ id, task }: BlockedCall): void {
  for (const { forCall } of waitingCallers()) if (forCall === id) throw waitsForItself(task.name)
}

function waitsForItself(name: string): DeadlockError {
  const path = [...waitingCallers()].reverse().flatMap(({ callName, name: callback }) => [callName, callback])
  const cycle = [...path.filter(step => step !== undefined), name].map(step => `${step}()`).join(' → ')
  return new DeadlockError(
    `${name}() is waited for by a callback that it waits for itself: ${cycle}; let the callback return first`
  )
}

/** The error of calls and callbacks that are nested endlessly. */
export function tooDeep({ name, callName }: Pick<CallbackFrame, 'name' | 'callName'>): DeadlockError {
  return new DeadlockError(
    `${name}(): calls and callbacks are nested ${DEEPEST} deep: ${callName ?? 'its caller'}() → ${name}() → … → ` +
      `${name}(); a recursion across threads must end`
  )
}

/**
 * The error of a call on a loop that would need one more thread inside the others, although the limit is reached and
 * each may be waiting for the next.
 */
export function loopsTooDeep(threads: number): DeadlockError {
  return new DeadlockError(
    `loop: a call needs a thread inside ${threads} nested threads, which is as many as ` +
      'BRIDGE_MAX_THREADS allows: each may be waiting for the next; await the call that is outside, or end the recursion'
  )
}

/**
 * The error of a `close()` that waits for a call which waits, through a callback or a stream, for the code that closes.
 */
export function closesItself(executor: string, call: string, inside: string): DeadlockError {
  return new DeadlockError(
    `close(): ${executor} waits for ${call}(), which waits for ${inside}, which closes it: close() → ${call}() → ` +
      `${inside} → close(); close it when ${call}() has ended, or by close({ timeout }) or close({ drain: false })`
  )
}

/**
 * The error of a `recycle()` that waits for a call which waits, through a callback or a stream, for the code that
 * recycles.
 */
export function recyclesItself(executor: string, call: string, inside: string): DeadlockError {
  return new DeadlockError(
    `recycle(): ${executor} waits for ${call}(), which waits for ${inside}, which waits for it: recycle() → ${call}() → ` +
      `${inside} → recycle(); recycle it when ${call}() has ended`
  )
}

/** The error of a call that blocks this thread, while the call's own thread waits for this thread. */
export function blockedOnEachOther(name: string): DeadlockError {
  return new DeadlockError(
    `${name}() can't end while this thread is blocked by it: its thread waits for a callback that needs this thread's ` +
      `event loop; await ${name}(), or let the callback be awaited`
  )
}

/** The error of a call that needs the event loop of a thread which is blocked until the call has ended. */
export function needsItsWaiter(name: string): DeadlockError {
  return new DeadlockError(
    `${name}() is asynchronous, and the only thread that may run it is blocked until it has ended, by a callback or ` +
      `a stream that calls ${name}(); call it where the task awaits that, or allow more threads (maxThreads)`
  )
}

/** The blocking call of this thread to which a callback belongs; if its call is not known, the innermost one. */
export function blockedBy(forCall: number | undefined): string | undefined {
  const calls = blockedCalls().filter(({ isBrief }) => isBrief !== true)
  const call = forCall === undefined ? calls.at(-1) : calls.find(({ id }) => id === forCall)
  return call?.task.name
}

/** The error of a call that blocks this thread and reads a stream whose items come from this thread. */
export function readsFromBlocked(name: string): DeadlockError {
  return new DeadlockError(
    `${name}() reads a stream that was sent by the thread it blocks: ${name}() waits for the next item, the item for ` +
      `that thread's event loop, and the loop for ${name}(); await ${name}(), or send a synchronous iterable`
  )
}
