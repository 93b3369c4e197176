/** This many frames of 16 values are more than what sending a call and handling an answer need. */
const FRAMES = 96

/** The same for running a callback, and for reporting its error, for which code may have to be compiled. */
export const SERVING = 384

/**
 * Makes sure that a call can be sent and its answer handled: if the stack overflows in the middle, as in a recursion of
 * blocking calls, the state of this caller and of others is lost.
 *
 * @throws RangeError when the stack has no room for it.
 */
export function needStack(frames = FRAMES): void {
  fill(frames, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
}

function fill(
  frames: number,
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
  f: number,
  g: number,
  h: number,
  i: number,
  j: number,
  k: number,
  l: number,
  m: number,
  n: number,
  o: number
): number {
  // Not in tail position, or a compiler may turn it into a loop.
  return frames === 0 ? a : fill(frames - 1, b, c, d, e, f, g, h, i, j, k, l, m, n, o, a) + 1
}
