/** How far a stream has come. */
export interface StreamProgress {
  /** The items that were taken. */
  readonly items: number
  /** About how many bytes have arrived: what the items weigh, without the names of their fields. */
  readonly bytes: number
  /** The items that have arrived and were not taken yet. */
  readonly ahead: number
}
