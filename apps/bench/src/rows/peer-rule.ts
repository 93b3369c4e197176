import { atMost, atMostCpu, type Row } from './row.js'

/** Nowhere more than 5 % behind the fastest peer, unless the row's own goal says more. */
const BEHIND = 1.05

/** The row, with the goal that holds where it has none that is about its peers. */
export function withPeerRule(row: Row): Row {
  if (row.scale !== undefined || row.unit === 'MB' || row.unit === '%') return row
  const peers = row
    .contestants()
    .filter(({ role }) => role === 'peer')
    .map(({ name }) => name)
  const isSaid = row.goals.some(goal => goal.kind === 'ratio' && goal.of.some(name => peers.includes(name)))
  if (peers.length === 0 || isSaid) return row
  // What takes milliseconds waits for something: it is the time that counts there.
  const rule = row.unit === 'ms' ? atMost(BEHIND, ...peers) : atMostCpu(BEHIND, ...peers)
  return { ...row, goals: [...row.goals, rule] }
}
