/* Runtime differences that streams cannot detect by trying. */

/**
 * A Deno port drops messages that arrive after its listener was removed. Messages that its event loop has taken for a
 * listener but not delivered yet are out of reach, so taking the next message directly would take it out of order.
 */
export const isDeno = 'deno' in process.versions

/** Bun may report that a port was closed before it delivers earlier messages: those come with the next turn. */
export const closesEarly = 'bun' in process.versions
