import type { Effort } from '../harness/rounds.js'
import type { Row } from '../rows/row.js'

/** How thorough a run is. */
export interface Mode {
  readonly name: 'full' | 'quick' | 'smoke'
  /** Fresh processes for each row of rounds. */
  readonly launches: number
  /** Milliseconds of rounds in each. */
  readonly budget: number
  /** The maximum CPU time, in milliseconds, of each contestant's warm-up in each. */
  readonly warm: number
  /** After how many calls a contestant is warm, unless its row sets it. */
  readonly warmCalls: number
  readonly minRounds: number
  /** Turns of each contestant, if every turn is a process. */
  readonly turns: number
  /** The same for the points of the drawn series, of which there are many. */
  readonly scale: Pick<Mode, 'launches' | 'budget' | 'warm' | 'minRounds'>
  /** Milliseconds after which a process starts no further round. */
  readonly limit: number
  /** Milliseconds after which a process is abandoned. */
  readonly patience: number
  /** The maximum number of calls in a turn. */
  readonly maxCalls: number
}

/** Bridge's code is fully compiled after some ten thousand calls, that of most peers sooner. */
const WARM_CALLS = 20_000

export const modes: Readonly<Record<Mode['name'], Mode>> = {
  full: {
    name: 'full',
    launches: 5,
    budget: 400,
    warm: 4000,
    warmCalls: WARM_CALLS,
    minRounds: 3,
    turns: 14,
    scale: { launches: 1, budget: 1200, warm: 200, minRounds: 2 },
    limit: 20_000,
    patience: 90_000,
    maxCalls: Infinity
  },
  quick: {
    name: 'quick',
    launches: 2,
    budget: 60,
    warm: 600,
    warmCalls: 8000,
    minRounds: 3,
    turns: 3,
    scale: { launches: 1, budget: 60, warm: 30, minRounds: 2 },
    limit: 3000,
    patience: 45_000,
    maxCalls: Infinity
  },
  // Only checks that each row runs and verifies: its figures have no meaning.
  smoke: {
    name: 'smoke',
    launches: 1,
    budget: 0,
    warm: 0,
    warmCalls: 1,
    minRounds: 1,
    turns: 1,
    scale: { launches: 1, budget: 0, warm: 0, minRounds: 1 },
    limit: 10_000,
    patience: 30_000,
    maxCalls: 3
  }
}

const SMALLEST = 128

/** Whether a mode includes this row: the largest points are for the full run, a smoke run takes the smallest. */
export function isIn(mode: Mode, row: Row): boolean {
  if (mode.name === 'full') return true
  if (row.scale === undefined) return mode.name === 'smoke' || row.isFullOnly !== true
  return mode.name === 'quick' ? !row.scale.fullOnly : row.scale.x <= SMALLEST
}

/** The effort of one process for a row. */
export function effortFor(mode: Mode, row: Row): Effort & { launches: number } {
  const calls = Math.min(row.calls, mode.maxCalls)
  const { limit } = mode
  const { launches, budget, warm, minRounds } = row.scale === undefined ? mode : mode.scale
  const warmth = { calls: row.warmCalls ?? mode.warmCalls, time: warm }
  if (row.how === 'rounds') return { launches, budget, minRounds, limit, calls, warmUp: warmth }
  // Every turn is a process, so there is one turn in it; one turn of a drawn point has very many calls.
  const turns = row.scale === undefined ? mode.turns : 1
  // It has its own process, so no other contestant has compiled the shared code.
  const alone = { ...warmth, time: 3 * warm }
  const warmUp = row.warmUp === 'rounds' ? alone : (row.warmUp ?? 'none')
  return { launches: turns, budget: 0, minRounds: 1, limit, calls, warmUp }
}
