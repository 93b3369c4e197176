const nothing: ArrayLike<unknown> = []

/**
 * The batch at hand, as a stream's two sides see it: up to `until` its items are given without a second thought. One
 * object that both read, because a call more on the way to an item costs a tenth of what `for await` costs.
 */
export class Hand {
  items = nothing
  index = 0
  until = 0

  /** Turns to another batch, or to none. */
  hold(items: ArrayLike<unknown> = nothing): void {
    this.items = items
    this.index = 0
    this.until = 0
  }
}
