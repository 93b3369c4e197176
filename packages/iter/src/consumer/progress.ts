/** The progress of a stream. */
export interface StreamProgress {
  /** The number of items taken. */
  readonly items: number
  /** About how many bytes have arrived: the size of the items, without the names of their fields. */
  readonly bytes: number
  /** The number of items that have arrived and were not taken yet. */
  readonly ahead: number
}
