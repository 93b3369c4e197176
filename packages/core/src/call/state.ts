/**
 * What has become of a call:
 * - `created`: nothing yet; the next microtask starts it;
 * - `running`: it started by itself, and nobody has consumed it yet;
 * - `consumed`: awaited, started or waited for, for its value;
 * - `iterated`: its items are being taken;
 * - `disarmed`: `with()` made a new call of it; this one never runs.
 */
export type CallState = 'created' | 'running' | 'consumed' | 'iterated' | 'disarmed'

/** What can happen to a call. `consume` is await, `then`, `start()` and `runSync()`. */
export type CallEvent = 'autostart' | 'consume' | 'iterate' | 'configure'

/** Why an event is refused, as the end of a sentence that begins with the call's name. */
type Refusal = { readonly refused: string }

const disarmed: Refusal = { refused: 'was replaced by the call that with() returned; use that one' }
const iterating: Refusal = {
  refused: 'is being iterated already; call the function again for a second stream'
}
const late: Refusal = {
  refused: 'has started already; configure a call before it is awaited, started or iterated'
}
const awaited: Refusal = { refused: 'was awaited already; iterate the Stream that it gave' }

// biome-ignore format: it reads as a table
const TRANSITIONS: Readonly<Record<CallState, Readonly<Record<CallEvent, CallState | Refusal>>>> = {
  created:  { autostart: 'running',  consume: 'consumed', iterate: 'iterated', configure: 'disarmed' },
  running:  { autostart: 'running',  consume: 'consumed', iterate: 'iterated', configure: late },
  consumed: { autostart: 'consumed', consume: 'consumed', iterate: awaited,    configure: late },
  iterated: { autostart: 'iterated', consume: iterating,  iterate: iterating,  configure: late },
  disarmed: { autostart: 'disarmed', consume: disarmed,   iterate: disarmed,   configure: 'disarmed' },
}

/** The state that follows, or why the event is refused. */
export function transition(state: CallState, event: CallEvent): CallState | Refusal {
  return TRANSITIONS[state][event]
}

const PRINTED: Readonly<Record<CallState, string>> = {
  created: 'not started',
  running: 'started',
  consumed: 'started',
  iterated: 'iterated',
  disarmed: 'replaced by with()'
}

/** The state as `util.inspect` shows it. */
export function printedState(state: CallState): string {
  return PRINTED[state]
}
