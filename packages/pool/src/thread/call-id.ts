import { nextId } from '../connection/wire.js'

let last = 0

/** The id of a call that is sent: no two calls in flight have the same. */
export function newId(): number {
  last = nextId(last)
  return last
}
