const nothing: ArrayLike<unknown> = []

/**
 * The batch at hand, as a stream's two sides see it: up to `until` its items are given without a second thought. One
 * object that both read, because a call more on the way to an item costs a tenth of what `for await` costs.
 */
export class Hand {
  items = nothing
  index = 0
  until = 0
  /** Where the batch starts and ends in `items`. */
  start = 0
  end = 0

  /** Turns to another batch. */
  hold(items: ArrayLike<unknown>, start: number, end: number): void {
    this.items = items
    this.index = start
    this.until = start
    this.start = start
    this.end = end
  }

  /** Turns to none. */
  empty(): void {
    this.hold(nothing, 0, 0)
  }
}
