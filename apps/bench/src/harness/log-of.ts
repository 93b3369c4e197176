const ALMOST_NOTHING = 1e-9

/** The logarithm of a figure; for zero (no tick, no memory) that of almost zero. */
export function logOf(figure: number): number {
  return Math.log(Math.max(figure, ALMOST_NOTHING))
}
