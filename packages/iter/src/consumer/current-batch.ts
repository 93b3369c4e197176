const nothing: ArrayLike<unknown> = []

/**
 * The current batch, shared by the awaited and the blocking side of a stream: items up to `until` are returned without any
 * further check. Both sides read its fields directly, because one more call for each item costs a tenth of `for await`.
 */
export class CurrentBatch {
  items = nothing
  index = 0
  until = 0
  /** Where the batch starts and ends in `items`. */
  start = 0
  end = 0

  /** Switches to another batch. */
  set(items: ArrayLike<unknown>, start: number, end: number): void {
    this.items = items
    this.index = start
    this.until = start
    this.start = start
    this.end = end
  }

  /** Switches to no batch. */
  clear(): void {
    this.set(nothing, 0, 0)
  }
}
