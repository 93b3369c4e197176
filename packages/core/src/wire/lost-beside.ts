import type { Transferable } from '../transfer.js'
import { type LostOnWire, lostIn } from './lost-kinds.js'
import { type Referring, refer } from './references.js'

/**
 * The data that is sent for a value, with references beside it to what a structured clone would lose; `undefined` if it
 * loses nothing. For authors of executors.
 *
 * @throws NotCloneableError (naming the function `where`) for what can't cross, with its path.
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
  transferList?: readonly Transferable[]
): Referring<LostOnWire> | undefined {
  return refer(value, lostIn(where, what, value, transferList))
}
