/**
 * Whether a command failed because its connection was lost while it was in flight: the server may or may not have run it. The
 * connection's status reports the loss.
 */
export function isLostConnection(error: unknown): boolean {
  const { name, message, syscall } = Object(error) as Partial<NodeJS.ErrnoException>
  if (name === 'MaxRetriesPerRequestError' || name === 'AbortError') return true
  // The last error of a socket, with which BullMQ ends the wait for a client that is closed before it was ready.
  return message === 'Connection is closed.' || syscall !== undefined
}
