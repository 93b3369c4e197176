import type { Launch, Played } from '../harness/rounds.js'
import { shuffled } from '../harness/shuffled.js'
import { spin } from '../harness/spin.js'
import type { Row } from '../rows/row.js'
import { launch } from './launch.js'
import { effortFor, type Mode } from './mode.js'

/** All launches of a row, round after round. */
export async function measureRow(row: Row, mode: Mode): Promise<Launch> {
  return row.how === 'processes' ? turnsInProcesses(row, mode) : roundsInLaunches(row, mode)
}

async function roundsInLaunches(row: Row, mode: Mode): Promise<Launch> {
  const { launches, ...effort } = effortFor(mode, row)
  const all: Launch[] = []
  for (let n = 0; n < launches; n++) {
    all.push(await launch({ row: row.id, effort }, row.placement, mode.patience))
  }
  return {
    contestants: merge(all.map(({ contestants }) => contestants)),
    spins: all.flatMap(({ spins }) => spins),
    rounds: all.flatMap(({ rounds }) => rounds)
  }
}

/** Every turn in a separate process: a round is one process of each contestant, in changing order. */
async function turnsInProcesses(row: Row, mode: Mode): Promise<Launch> {
  const names = row.contestants().map(({ name }) => name)
  const { launches, ...effort } = effortFor(mode, row)
  const lost = new Map<number, string>()
  const spins: number[] = []
  const rounds: Played[][] = []
  for (let n = 0; n < launches; n++) {
    spins.push(spin())
    const round: Played[] = names.map(name => ({ name, figures: [null], cpu: [null] }))
    for (const alone of shuffled(names.length)) {
      if (lost.has(alone)) continue
      try {
        const { contestants } = await launch({ row: row.id, effort, alone }, row.placement, mode.patience)
        if (contestants[0] !== undefined) round[alone] = contestants[0]
      } catch (error) {
        // One failure is enough: a process that did not end would not end the next time.
        lost.set(alone, error instanceof Error ? error.message : String(error))
      }
    }
    rounds.push(round)
  }
  const contestants = merge(rounds).map((played, index) => {
    const failed = lost.get(index)
    return failed === undefined ? played : { ...played, failed }
  })
  return { contestants, spins, rounds: spins.map(() => 1) }
}

/** Concatenates the figures of the same contestants in several processes. */
function merge(launches: readonly (readonly Played[])[]): Played[] {
  return (launches[0] ?? []).map(({ name }, index) => {
    const parts = launches.map(each => each[index])
    const invalid = parts.find(part => part?.invalid !== undefined)?.invalid
    const failed = parts.find(part => part?.failed !== undefined)?.failed
    return {
      name,
      figures: parts.flatMap(part => part?.figures ?? []),
      cpu: parts.flatMap(part => part?.cpu ?? []),
      ...(invalid === undefined ? {} : { invalid }),
      ...(failed === undefined ? {} : { failed })
    }
  })
}
