import { nextId } from '../lane/wire.js'

let last = 0

/** The id of a call that is sent: no two that are under way have the same. */
export function newId(): number {
  last = nextId(last)
  return last
}
