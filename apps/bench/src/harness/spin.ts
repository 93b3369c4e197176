const STEPS = 400_000

/**
 * Milliseconds that one fixed piece of arithmetic takes. It never changes, so how much it varies through a run tells
 * how much anything else may have been disturbed.
 */
export function spin(): number {
  const started = performance.now()
  let value = 1
  for (let step = 0; step < STEPS; step++) value = (Math.imul(value, 1664525) + 1013904223) | 0
  // Used, so that the loop can't be left out.
  if (value === 0.5) throw new Error('an integer is no half')
  return performance.now() - started
}
