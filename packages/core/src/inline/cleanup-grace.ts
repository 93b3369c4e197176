/** How long, in milliseconds, a stopped function may take to clean up before its caller is told all the same. */
export const CLEANUP_GRACE = 100
