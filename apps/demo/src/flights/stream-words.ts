/* What a stream of flights notes in memory that it shares with its reader; the stream alone writes. */

/** How many rows it has made. */
export const MADE = 0
/** 1 once its `finally` has run. */
export const OVER = 1
