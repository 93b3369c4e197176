import { atMost, atMostCpu, type Row } from './row.js'

/** At most 5 % behind the fastest peer, unless the row has its own goal. */
const BEHIND = 1.05

/** The row with the general goal, if it has no goal about its peers. */
export function withPeerRule(row: Row): Row {
  if (row.scale !== undefined || row.unit === 'MB' || row.unit === '%') return row
  const peers = row
    .contestants()
    .filter(({ role }) => role === 'peer')
    .map(({ name }) => name)
  const isSaid = row.goals.some(goal => goal.kind === 'ratio' && goal.of.some(name => peers.includes(name)))
  if (peers.length === 0 || isSaid) return row
  // Work of milliseconds waits for something, so its time counts.
  const rule = row.unit === 'ms' ? atMost(BEHIND, ...peers) : atMostCpu(BEHIND, ...peers)
  return { ...row, goals: [...row.goals, rule] }
}
