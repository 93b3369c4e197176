/**
 * The state of a call, as `util.inspect` shows it:
 * - `not started`: the next microtask starts it, unless it is a generator's call;
 * - `started`: it was started automatically, and has not been consumed yet;
 * - `consumed`: awaited, started or waited for, for its value;
 * - `iterated`: its items are being consumed;
 * - `replaced by with()`: `with()` made a new call from it; the old call never runs.
 */
export type CallState = 'not started' | 'started' | 'consumed' | 'iterated' | 'replaced by with()'

/** What can be done with a call. `consume` is await, `then`, `start()` and `runSync()`. */
export type CallEvent = 'consume' | 'iterate' | 'configure'

/** Why an event is refused, as the end of a sentence that begins with the call's name. */
type Refusal = { readonly refused: string }

const disarmed: Refusal = { refused: 'was replaced by the call that with() returned; use that call' }
const iterating: Refusal = {
  refused: 'is being iterated already; call the function again for another'
}
const late: Refusal = {
  refused: 'has started already; configure a call before it is used'
}
const awaited: Refusal = { refused: 'was awaited already; iterate the Stream that it resolved to' }

/** The state after each event, or why it is refused. */
// biome-ignore format: it reads as a table
export const TRANSITIONS: Readonly<Record<CallState, Readonly<Record<CallEvent, CallState | Refusal>>>> = {
  'not started':        { consume: 'consumed', iterate: 'iterated', configure: 'replaced by with()' },
  started:              { consume: 'consumed', iterate: 'iterated', configure: late },
  consumed:             { consume: 'consumed', iterate: awaited,    configure: late },
  iterated:             { consume: iterating,  iterate: iterating,  configure: late },
  'replaced by with()': { consume: disarmed,   iterate: disarmed,   configure: 'replaced by with()' },
}
