/** So many frames of 16 values are more than what sending a call and taking an answer need. */
const FRAMES = 96

/** The same of running a callback, and of telling its error, for which code may have to be compiled. */
export const SERVING = 384

/**
 * Makes sure that a call can be sent and its answer taken: where the stack ends in the midst of it, as in a recursion
 * that makes blocking calls, what is lost is the caller's and that of others.
 *
 * @throws RangeError where the stack has no room for it.
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
  // Not the last thing that is done, or a compiler may make a loop of it.
  return frames === 0 ? a : fill(frames - 1, b, c, d, e, f, g, h, i, j, k, l, m, n, o, a) + 1
}
