import { dereference, type Placed, type Referring } from '@bridge/core/executor'
import { foundAgain, isLostOnWire, type LostOnWire, referLost } from '@bridge/core/internal'

/** What stands in the place of something that stays where the stream is produced, as its executor has it. */
export type Foreign = readonly [kind: string, ...unknown[]]

/** What stands beside a value for what a structured clone would lose of it, and for what stays; `undefined` where nothing does. */
export type Beside = readonly Placed<LostOnWire | Foreign>[] | undefined

/** Gives what a value is sent as, where parts of it stay or would be lost; `undefined` where it is sent as it is. */
export type Refer = (value: unknown) => Referring<Foreign> | undefined

/** What an executor knows of what stays on the thread that produces a stream. */
export interface Stays {
  /** Whether an item may be, or hold, something that stays: a quick look. */
  readonly mayKeep: (item: unknown) => boolean
  readonly refer: Refer
}

/** What stands for something that stays, at the other end. */
export type Live = (reference: Foreign) => unknown

/** The same as of an executor that keeps nothing. */
export function referTo(
  what: 'item' | 'result',
  value: unknown,
  refer: Refer | undefined
): Referring<LostOnWire | Foreign> | undefined {
  return refer?.(value) ?? referLost('a stream', what, value)
}

/**
 * The value that was sent with that beside it.
 *
 * @throws Error when it is not what such a value has beside it.
 */
export function whole(data: unknown, beside: Beside, live: Live | undefined): unknown {
  if (beside === undefined) return data
  return dereference({ data, references: beside }, reference => {
    if (isLostOnWire(reference as LostOnWire)) return foundAgain(reference as LostOnWire)
    if (live === undefined) throw new TypeError('nothing is known of what stays at the other end')
    return live(reference as Foreign)
  })
}
