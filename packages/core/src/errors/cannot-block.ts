import { CannotBlockError } from './errors.js'

/** The error of waiting, blocked, for what needs the waiting thread. `what` begins its message: "hash() runs here". */
export function cannotBlock(what: string): CannotBlockError {
  return new CannotBlockError(
    `${what}, and blocking would stop the thread that it needs; await it (a stream by 'for await'), or run it on ` +
      'another thread (loop.import)'
  )
}
