import { CannotBlockError } from '@bridge/core'
import type { Blocker } from './blocker.js'
import { isDeno } from './runtime.js'
import { type Bell, hasSources, stepSentStreams } from './sent-sources.js'

/** How often, in milliseconds, a blocked thread looks at the streams it has sent: nothing wakes it for them. */
const TURN = 10

/**
 * A blocker over one word of shared memory that the other side increments and notifies after each message: give
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
  return blockerOver({ words: word, index: 0, look() {} })
}

/** The same over any word; `look` is called whenever it may have changed. */
export function blockerOver(bell: Bell, source = 0): Blocker {
  const { words, index } = bell
  const wait = (seen: number, timeout: number): void => {
    if (bell.wait === undefined) Atomics.wait(words, index, seen, timeout)
    else bell.wait(seen, timeout, source)
  }
  return {
    blockUntil(isDone, timeout = Infinity) {
      const ends = performance.now() + timeout
      for (;;) {
        // Read before asking: what arrives in between changes the word, and the wait returns at once.
        const seen = Atomics.load(words, index)
        bell.look()
        const hasMore = stepSentStreams()
        if (isDone()) return true
        if (isDeno && hasSources()) throw standsStill()
        const left = ends - performance.now()
        if (left <= 0) return false
        if (!hasMore) wait(seen, hasSources() ? Math.min(left, TURN) : left)
      }
    }
  }
}

/** Rather than a wait for ever of who reads such a stream, and of this thread for its reader. */
function standsStill(): Error {
  return new CannotBlockError(
    'on Deno a thread can not block while a stream that it has sent is open: it would stand still; use for await'
  )
}

/** The other half of `wordBlocker`: call it after each message. */
export function notifier(word: Int32Array<SharedArrayBuffer>): () => void {
  return () => {
    Atomics.add(word, 0, 1)
    Atomics.notify(word, 0)
  }
}
