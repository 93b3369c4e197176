import { BEAT, SHORTLY, SPINNING, UNTIL_SEPARATED } from './wire.js'

/** How long, in milliseconds, two threads spin together at most: a few ticks of the kernel. */
const LONGEST = 10

/** How often the other thread must be seen running in that time. */
const BEATS = 16

/** How often its word is read between two reads of the clock. */
const LOOKS = 256

/**
 * Spins together with the thread of these words until both run at the same time, or for a few milliseconds. The kernel
 * moves one of two threads that share a processor to a free one only when both want to run at the moment it checks,
 * which is at every tick.
 */
export function separateCores(control: Int32Array<SharedArrayBuffer>, notify: () => void): boolean {
  Atomics.store(control, SPINNING, UNTIL_SEPARATED)
  notify()
  const ends = performance.now() + LONGEST
  let beat = 0
  let beats = 0
  do {
    for (let look = 0; look < LOOKS && beats < BEATS; look++) {
      const now = Atomics.load(control, BEAT)
      // On one processor the word changes only while this thread does not run, which is rare.
      if (now !== beat) beats++
      beat = now
    }
  } while (beats < BEATS && performance.now() < ends)
  Atomics.store(control, SPINNING, SHORTLY)
  return beats === BEATS
}
