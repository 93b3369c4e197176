import { refuse } from './check.js'
import type { Kind } from './kind.js'

/** How a caller consumes a call. */
export type Use = 'await' | 'block' | 'iterate' | 'iterateBlocking'

/** Where the function runs: on this thread, or on an executor with other threads. */
export type Place = 'here' | 'elsewhere'

/**
 * How a call runs:
 * - `run`: call the function here; its result determines the rest;
 * - `open`: call it here and step its iterator;
 * - `offload`: hand the task to the executor and await its answer;
 * - `wait`: hand the task to the executor and block until it answers;
 * - `refuseBlocking`: throw `CannotBlockError`;
 * - `refuseIterating`: throw `InvalidArgumentError`, because the result is not a stream.
 */
export type Way = 'run' | 'open' | 'offload' | 'wait' | 'refuseBlocking' | 'refuseIterating'

type Row = Readonly<Record<Use, Way>>

const row = (await_: Way, block: Way, iterate: Way, iterateBlocking: Way): Row => ({
  await: await_,
  block,
  iterate,
  iterateBlocking
})

// biome-ignore format: it reads as a table
const HERE: Readonly<Record<Kind, Row>> = {
  //                  await   block             iterate  iterateBlocking
  sync:           row('run',  'run',            'run',   'run'),
  async:          row('run',  'refuseBlocking', 'run',   'refuseBlocking'),
  generator:      row('open', 'open',           'open',  'open'),
  asyncGenerator: row('open', 'refuseBlocking', 'open',  'refuseBlocking'),
}

const RETURNED: Readonly<Record<Kind, Row>> = {
  ...HERE,
  sync: row('run', 'run', 'refuseIterating', 'refuseIterating')
}

// biome-ignore format: it reads as a table
const ELSEWHERE: Readonly<Record<'canBlock' | 'cannotBlock', Row>> = {
  canBlock:    row('offload', 'wait',           'offload', 'wait'),
  cannotBlock: row('offload', 'refuseBlocking', 'offload', 'refuseBlocking'),
}

/**
 * The table that decides how a call runs, before it runs: kind × use × place × abilities of the executor. Elsewhere the
 * kind does not matter, because only the thread that holds the module knows it, and its answer says it.
 *
 * @throws InvalidArgumentError when there is no such kind, use or place.
 * @example
 * ```ts
 * dispatch('async', 'block', 'here', true) // 'refuseBlocking': this thread is the one it would need
 * ```
 */
export function dispatch(kind: Kind, use: Use, place: Place, canBlock: boolean): Way {
  const elsewhere = place === 'elsewhere' ? ELSEWHERE[canBlock ? 'canBlock' : 'cannotBlock'] : undefined
  return wayIn(place === 'here' ? HERE[kind] : elsewhere, use, [kind, use, place])
}

/** The same table for the result of a function that ran here, by `kindOfResult`. */
export function dispatchReturned(kind: Kind, use: Use): Way {
  return wayIn(RETURNED[kind], use, [kind, use])
}

function wayIn(row: Row | undefined, use: Use, asked: readonly string[]): Way {
  return row?.[use] ?? refuse('dispatch()', 'there is no such kind, use or place', asked)
}
