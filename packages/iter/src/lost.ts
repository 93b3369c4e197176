import { dereference, type Referring, refer } from '@bridge/core/executor'
import { foundAgain, holdsLost, type LostOnWire, lostIn } from '@bridge/core/internal'

/** What stands beside a value for what a structured clone would lose of it; `undefined` where it loses nothing. */
export type Beside = readonly LostOnWire[] | undefined

/**
 * A value as it is sent, with what would be lost of it beside it; `undefined` where all of it is data.
 *
 * @throws NotCloneableError when something in it can't cross, with its place.
 */
export function withBeside(where: string, what: string, value: unknown): Referring<LostOnWire> | undefined {
  if (!holdsLost(value)) return undefined
  return refer<LostOnWire>(
    value,
    () => undefined,
    undefined,
    undefined,
    undefined,
    lostIn(where, what, value)
  )
}

/** The value that was sent so. */
export function whole(data: unknown, beside: Beside): unknown {
  return beside === undefined ? data : dereference({ data, references: beside }, foundAgain)
}
