/* Where streams have to know which runtime they are on: there is nothing that they could try instead. */

/**
 * A port of Deno's drops what arrives when it had a listener and has none, and what its event loop has taken for a
 * listener, and not brought yet, is out of reach: who takes the next message by itself would take it before its time.
 */
export const isDeno = 'deno' in process.versions

/** Bun may tell that a port was closed before it brings what was sent before: that comes with the next turn. */
export const closesEarly = 'bun' in process.versions
