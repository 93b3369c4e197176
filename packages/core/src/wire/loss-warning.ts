import { isInstance, isObject } from '../data.js'
import { placeOf } from './clone-path.js'
import { holdsLost } from './lost-in-data.js'
import { isRefused, nameOf } from './lost-kinds.js'

/** How many places are told of: what is computed anew for each call must not be remembered for ever. */
const MOST_PLACES = 1000

const told = new Set<string>()

/** Tells, once a place, of what is passed on this thread and could not be sent to another one. */
export function warnOfLoss(where: string, what: string, value: unknown): void {
  // An instance is told of on the way.
  if (!holdsLost(value) || told.size === MOST_PLACES) return
  let found: object | undefined
  const place = placeOf(value, what, part => {
    if (!isObject(part) || !isInstance(part) || !isRefused(part)) return false
    found = part
    return true
  })
  const key = `${where} ${place}`
  if (found === undefined || told.has(key)) return
  told.add(key)
  process.emitWarning(
    `${where}: ${place} (${nameOf(found)}) can't be sent to another thread: it belongs to the one that made it; on any ` +
      'other executor the call fails; send what is needed of it',
    { type: 'BridgeWarning', code: 'BRIDGE_BOUND' }
  )
}
