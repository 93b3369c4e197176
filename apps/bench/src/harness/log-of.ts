const ALMOST_NOTHING = 1e-9

/** The logarithm of a figure; of one that is nothing at all (no tick, no memory), of almost nothing. */
export function logOf(figure: number): number {
  return Math.log(Math.max(figure, ALMOST_NOTHING))
}
