/** BullMQ's priorities are integers from 1, which goes first, to this number. */
const LAST = 2 ** 21 - 1
const MIDDLE = 2 ** 20
/** Up to this absolute value, sixteenths have separate levels; beyond it the levels are logarithmic. */
const EXACT = 30_000
const STEPS = 16
const LEVELS_BEYOND = (MIDDLE - 1 - EXACT * STEPS) / Math.log2(Number.MAX_VALUE / EXACT)

/** Converts a priority, any finite number of which the highest goes first, to BullMQ's. */
export function bullPriority(priority: number): number {
  const size = Math.abs(priority)
  const level = size <= EXACT ? size * STEPS : EXACT * STEPS + Math.log2(size / EXACT) * LEVELS_BEYOND
  const signed = Math.round(priority < 0 ? -level : level)
  return Math.min(Math.max(MIDDLE - signed, 1), LAST)
}
