import { receiveMessageOnPort } from 'node:worker_threads'
import {
  decodeThrown,
  type EncodedThrown,
  itemTimeoutError,
  limitReached,
  type StreamSource,
  type Task,
  watchLimits
} from '@bridge/core/executor'
import { type Blocker, openStream, wordBlocker } from '@bridge/iter'
import { askedWith } from '../caller/opened-stream.js'
import { liveOf } from '../wire/payload.js'
import type { RelayedHandle } from './relayed-stream.js'

/** A stream that a loop's thread forwards, and its control. */
export interface ConsumedStream {
  readonly source: StreamSource
  abort(reason: unknown): void
}

/** Whether the outcome of a call is a stream. */
export function isRelayed(outcome: unknown): outcome is RelayedHandle {
  return (outcome as Partial<RelayedHandle> | undefined)?.relayedStream === true
}

/** The stream of a call on this thread, which may block for its items. */
export function consume(task: Task, { port, loss, word }: RelayedHandle): ConsumedStream {
  const { highWaterMark, twoWay, closeTimeout } = task.stream ?? {}
  const stream = openStream(port, {
    asked: askedWith(task),
    ...(highWaterMark === undefined ? {} : { highWaterMark }),
    ...(twoWay === undefined ? {} : { twoWay }),
    ...(closeTimeout === undefined ? {} : { closeTimeout }),
    ...(task.itemTimeout === undefined ? {} : { itemTimeout: task.itemTimeout }),
    onItemLate: () => control.abort(itemTimeoutError(task)),
    blocker: blockerOf(task, word, reason => control.abort(reason)),
    live: liveOf,
    onGone: fail => {
      const received = receiveMessageOnPort(loss)
      if (received === undefined) fail()
      else control.fail(decodeThrown(received.message as EncodedThrown))
    },
    onEnd: () => {
      loss.close()
      watch.stop()
    }
  })
  const { control } = stream
  const watch = watchLimits(task, reason => control.abort(reason))
  watch.keepAlive(false)
  return { source: stream, abort: reason => control.abort(reason) }
}

/** A blocked thread has no timers: its limits are checked whenever it checks for items. */
function blockerOf(
  task: Task,
  word: Int32Array<SharedArrayBuffer>,
  abort: (reason: unknown) => void
): Blocker {
  const blocker = wordBlocker(word)
  const poll = (): void => {
    const reached = limitReached(task)
    if (reached !== undefined) abort(reached.reason)
  }
  return {
    poll,
    blockUntil(isDone, timeout = Infinity) {
      const left =
        task.deadline === undefined ? Infinity : task.deadline - performance.timeOrigin - performance.now()
      if (left >= timeout) return blocker.blockUntil(isDone, timeout)
      if (blocker.blockUntil(isDone, Math.max(left, 0))) return true
      poll()
      return isDone()
    }
  }
}
