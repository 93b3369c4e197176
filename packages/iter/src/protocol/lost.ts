import { dereference, type Placed, type Referring } from '@bridge/core/executor'
import { isLostOnWire, type LostOnWire, referLost, restoreLost } from '@bridge/core/internal'

/** A reference, in the executor's own form, to something that stays on the thread that produces the stream. */
export type Foreign = readonly [kind: string, ...unknown[]]

/** References sent beside a value, for what a structured clone would lose and for what stays on its thread; `undefined` for none. */
export type LostReferences = readonly Placed<LostOnWire | Foreign>[] | undefined

/** Returns how a value is sent if parts of it stay or would be lost; `undefined` if it is sent unchanged. */
export type Refer = (value: unknown) => Referring<Foreign> | undefined

/** How an executor sends values that stay on the thread that produces a stream. */
export interface Stays {
  /** A quick check whether an item may be, or hold, something that stays. */
  readonly mayKeep: (item: unknown) => boolean
  readonly refer: Refer
}

/** Returns the stub for a reference, on the consumer's thread. */
export type Live = (reference: Foreign) => unknown

/** Refers to parts of a value by the executor's `refer`, or, if there is none, only to those that a clone would lose. */
export function referTo(
  what: 'item' | 'result',
  value: unknown,
  refer: Refer | undefined
): Referring<LostOnWire | Foreign> | undefined {
  return refer?.(value) ?? referLost('a stream', what, value)
}

/**
 * The value with its references restored.
 *
 * @throws Error when the references do not fit the value.
 */
export function restored(data: unknown, beside: LostReferences, live: Live | undefined): unknown {
  if (beside === undefined) return data
  return dereference({ data, references: beside }, reference => {
    if (isLostOnWire(reference as LostOnWire)) return restoreLost(reference as LostOnWire)
    if (live === undefined)
      throw new TypeError('the stream has references to the other thread, but no option live')
    return live(reference as Foreign)
  })
}
