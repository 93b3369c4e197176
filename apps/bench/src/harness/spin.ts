const STEPS = 400_000

/**
 * Milliseconds of a fixed piece of arithmetic. It is always the same, so its variation during a run shows how much other
 * measurements may have been disturbed.
 */
export function spin(): number {
  const started = performance.now()
  let value = 1
  for (let step = 0; step < STEPS; step++) value = (Math.imul(value, 1664525) + 1013904223) | 0
  // The value is used, so that the loop cannot be optimized away.
  if (value === 0.5) throw new Error('an integer is no half')
  return performance.now() - started
}
