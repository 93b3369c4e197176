import type { Transferable } from '../transfer.js'
import { type LostOnWire, lostIn } from './lost-kinds.js'
import { type Referring, refer } from './references.js'

/**
 * What a value is sent as, with what a structured clone would lose of it beside it; `undefined` where it loses nothing.
 * For authors of executors.
 *
 * @throws NotCloneableError (`where`: the function that is given) for what can't cross, with its place.
 * @example
 * ```ts
 * const sent = referLost('hash()', 'args', args)
 * port.postMessage(sent ?? { data: args, references: [] })
 * ```
 */
export function referLost(
  where: string,
  what: string,
  value: unknown,
  moves?: readonly Transferable[]
): Referring<LostOnWire> | undefined {
  return refer(value, lostIn(where, what, value, moves))
}
