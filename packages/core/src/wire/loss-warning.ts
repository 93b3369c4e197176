import { isInstance, isObject } from '../data.js'
import { pathOf } from './clone-path.js'
import { holdsLost } from './lost-in-data.js'
import { isRefused, nameOf } from './lost-kinds.js'

/** The most places that are reported: names that are computed for each call must not be remembered for ever. */
const MOST_PLACES = 1000

const warned = new Set<string>()

/** Warns, once for each place, about a value that is passed on this thread and could not be sent to another one. */
export function warnOfLoss(where: string, what: string, value: unknown): void {
  // An instance is reported by `holdsLost`.
  if (!holdsLost(value) || warned.size === MOST_PLACES) return
  let found: object | undefined
  const place = pathOf(value, what, part => {
    if (!isObject(part) || !isInstance(part) || !isRefused(part)) return false
    found = part
    return true
  })
  const key = `${where} ${place}`
  if (found === undefined || warned.has(key)) return
  warned.add(key)
  process.emitWarning(
    `${where}: ${place} (${nameOf(found)}) can't be sent to another thread: it belongs to the thread that made it; on any ` +
      'other executor the call fails; send what is needed of it',
    { type: 'BridgeWarning', code: 'BRIDGE_BOUND' }
  )
}
