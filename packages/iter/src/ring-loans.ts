import { RingReader, ringMemory } from './number-ring.js'

/** So many streams of a thread have memory for their numbers at a time: where there are more, none of them is fast. */
const MOST = 16

let lent = 0

/** A ring for a consumer to lend to its producer; `undefined` where there are enough. */
export function borrowRing(capacity: number): RingReader | undefined {
  if (lent >= MOST) return undefined
  lent++
  return new RingReader(ringMemory(capacity))
}

/** The stream that borrowed one has ended. */
export function giveRingBack(): void {
  lent--
}
