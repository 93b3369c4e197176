/**
 * Whether the channel of a stream that has ended is used for another one. Deno drops what arrives at a port that has no
 * listener, and so would lose what is said between the two.
 */
export const KEEPS_CHANNELS = !('deno' in process.versions)
