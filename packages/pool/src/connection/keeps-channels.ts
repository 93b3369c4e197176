/**
 * Whether the channel of a stream that has ended is used again for another stream. Deno discards messages on a port
 * without a listener, and so would lose those between two streams.
 */
export const KEEPS_CHANNELS = !('deno' in process.versions)
