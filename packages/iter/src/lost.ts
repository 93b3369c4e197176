import { dereference, type Placed } from '@bridge/core/executor'
import { foundAgain, type LostOnWire } from '@bridge/core/internal'

/** What stands beside a value for what a structured clone would lose of it; `undefined` where it loses nothing. */
export type Beside = readonly Placed<LostOnWire>[] | undefined

/**
 * The value that was sent with that beside it.
 *
 * @throws Error when it is not what such a value has beside it.
 */
export function whole(data: unknown, beside: Beside): unknown {
  return beside === undefined ? data : dereference({ data, references: beside }, foundAgain)
}
