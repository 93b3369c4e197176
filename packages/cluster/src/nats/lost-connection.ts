const LOST = new Set(['RequestError', 'ClosedConnectionError', 'DrainingConnectionError', 'ConnectionError'])

/**
 * Whether a request failed because its connection was lost, or closed, while it was in flight; another copy of the client may
 * have made the error.
 */
export function isLostConnection(error: unknown): boolean {
  return LOST.has((Object(error) as Partial<Error>).name ?? '')
}
