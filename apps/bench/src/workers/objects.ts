/** An object that lives in a thread; its method does the same as the plain function of other rows. */
export class Adder {
  readonly #step: number

  constructor(step: number) {
    this.#step = step
  }

  next(n: number): number {
    return n + this.#step
  }
}

/** The same as a plain function. */
export function next(n: number): number {
  return n + 1
}

/** Calls a function of the caller `n` times, and returns how many of its results were right. */
export function callEach(first: number, times: number, fn: (n: number) => number): number {
  let right = 0
  for (let n = first; n < first + times; n++) if (fn(n) === n + 1) right++
  return right
}
