import { BEAT, SHORTLY, SPINNING, UNTIL_APART } from './wire.js'

/** How long, in milliseconds, two threads spin together at most: a few ticks of the kernel. */
const LONGEST = 10

/** How often the other one must be seen to run meanwhile. */
const BEATS = 16

/** How often its word is looked at between two looks at the clock. */
const LOOKS = 256

/**
 * Spins together with the thread of these words until both run at the same time, or for a few milliseconds. The kernel
 * moves one of two that share a processor to a free one only when both want to run while it looks, which it does at
 * every tick.
 */
export function comeApart(control: Int32Array<SharedArrayBuffer>, ring: () => void): boolean {
  Atomics.store(control, SPINNING, UNTIL_APART)
  ring()
  const ends = performance.now() + LONGEST
  let beat = 0
  let beats = 0
  do {
    for (let look = 0; look < LOOKS && beats < BEATS; look++) {
      const now = Atomics.load(control, BEAT)
      // On one processor the word changes only while this thread does not run, which is once in a long while.
      if (now !== beat) beats++
      beat = now
    }
  } while (beats < BEATS && performance.now() < ends)
  Atomics.store(control, SPINNING, SHORTLY)
  return beats === BEATS
}
