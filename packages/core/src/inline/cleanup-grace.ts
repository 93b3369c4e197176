/** How long, in milliseconds, a stopped function may take to clean up before its caller's wait ends. */
export const CLEANUP_GRACE = 100
