/* The shared memory in which a stream of flights reports its progress; only the stream writes. */

/** How many rows it has made. */
export const MADE = 0
/** 1 once its `finally` has run. */
export const OVER = 1
