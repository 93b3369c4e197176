import { WorkerLostError } from '@bridge/core'

/**
 * Whether a command failed because its connection was lost while it was in flight: the server may or may not have run it. The
 * connection's status reports the loss.
 */
export function isLostConnection(error: unknown): boolean {
  const { name, message } = Object(error) as Partial<Error>
  if (name === 'MaxRetriesPerRequestError' || name === 'AbortError') return true
  return message === 'Connection is closed.'
}

/** Rejects with an error of this package if the connection was lost. */
export function lostMeanwhile(where: string): (error: unknown) => never {
  return error => {
    if (!isLostConnection(error)) throw error
    throw new WorkerLostError(
      `${where}: the connection to the server was lost, and the request may or may not have been executed; ` +
        'try again when the server is available',
      { cause: error }
    )
  }
}
