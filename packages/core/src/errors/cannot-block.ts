import { CannotBlockError } from './errors.js'

/** The error for blocking on something that needs the blocked thread. `what` begins its message: "hash() runs here". */
export function cannotBlock(what: string): CannotBlockError {
  return new CannotBlockError(
    `${what}, and blocking would stop the thread that it needs; await it (a stream by 'for await'), or run it on ` +
      'another thread (loop.import)'
  )
}
