import { CannotBlockError } from '@bridge/core'
import { isDeno } from '../protocol/runtime.js'
import { hasSources, stepSentStreams, type WakeCounter } from '../sent/sent-sources.js'
import type { Blocker } from './blocker.js'

/** How often, in milliseconds, a blocked thread checks the streams that it has sent: nothing wakes it for them. */
const TURN = 10

/**
 * A blocker over one word of shared memory that the producer increments and notifies after each message: pass
 * `notifier(word)` to `serveStream` as `onSend`, and this to `openStream`.
 *
 * @example
 * ```ts
 * const word = new Int32Array(new SharedArrayBuffer(4))
 * const stream = openStream<number>(port, { blocker: wordBlocker(word) })
 * for (const n of stream) console.log(n)
 * ```
 */
export function wordBlocker(word: Int32Array<SharedArrayBuffer>): Blocker {
  return blockerOver({ words: word, index: 0, poll() {} })
}

/** The same over any wake counter; its `poll` is called whenever it may have changed. */
export function blockerOver(wakeCounter: WakeCounter, source = 0): Blocker {
  const { words, index } = wakeCounter
  const wait = (seen: number, timeout: number): void => {
    if (wakeCounter.wait === undefined) Atomics.wait(words, index, seen, timeout)
    else wakeCounter.wait(seen, timeout, source)
  }
  return {
    blockUntil(isDone, timeout = Infinity) {
      const ends = performance.now() + timeout
      for (;;) {
        // Read before isDone(): a message that arrives in between changes the word, so the wait returns at once.
        const seen = Atomics.load(words, index)
        wakeCounter.poll()
        const hasMore = stepSentStreams()
        if (isDone()) return true
        if (isDeno && hasSources()) throw wouldStall()
        const left = ends - performance.now()
        if (left <= 0) return false
        if (!hasMore) wait(seen, hasSources() ? Math.min(left, TURN) : left)
      }
    }
  }
}

/** Otherwise the stream's reader would wait forever, and this thread for its reader. */
function wouldStall(): Error {
  return new CannotBlockError(
    'on Deno a thread cannot block while a stream that it has sent is open, because that stream would stall; use for await'
  )
}

/** The producer's counterpart of `wordBlocker`: call it after each message. */
export function notifier(word: Int32Array<SharedArrayBuffer>): () => void {
  return () => {
    Atomics.add(word, 0, 1)
    Atomics.notify(word, 0)
  }
}
