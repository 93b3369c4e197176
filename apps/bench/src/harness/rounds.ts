import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { type Contestant, WrongAnswer } from './contestant.js'
import { shuffled } from './shuffled.js'
import { spin } from './spin.js'

/** How long a row is measured. */
export interface Effort {
  /** Calls in one turn. */
  readonly calls: number
  /** Milliseconds of rounds that count; a third as much may pass before, uncounted, for everybody to warm up. */
  readonly budget: number
  /** Rounds that are played even when the budget has run out. */
  readonly minRounds: number
  /** Milliseconds after which no round starts, whatever `minRounds` says: one slow contestant must not hold all. */
  readonly limit: number
  /** `rounds` that don't count, one turn of a few calls, or nothing: the first call is what is asked for. */
  readonly warmUp: 'rounds' | 'short' | 'none'
}

/** What one contestant did: a figure for each round, `null` for one that it did not play. */
export interface Played {
  readonly name: string
  readonly figures: (number | null)[]
  /** Why it is out: its answers were wrong. */
  invalid?: string
  /** Why it is out: it threw, or could not be started. */
  failed?: string
}

/** One process's measurements. */
export interface Launch {
  readonly contestants: Played[]
  /** Milliseconds of the fixed spin, taken before each round. */
  readonly spins: number[]
  /** How many rounds each process played, where there are several one after the other. */
  readonly rounds: number[]
}

/** How many calls a short warm-up makes. */
const FEW = 100

/**
 * Lets every contestant play in every round, in an order that changes, until the budget has run out. `place` puts the
 * threads where they belong, when they are there.
 */
export async function playRounds(
  contestants: readonly Contestant[],
  effort: Effort,
  place?: () => void
): Promise<Launch> {
  const played = contestants.map(({ name }): Played => ({ name, figures: [] }))
  const spins: number[] = []
  const isOut = (index: number): boolean =>
    played[index]?.invalid !== undefined || played[index]?.failed !== undefined

  const attempt = async <T>(index: number, act: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await act()
    } catch (error) {
      const who = played[index]
      if (who === undefined) throw error
      if (error instanceof WrongAnswer) who.invalid = error.message
      else who.failed = error instanceof Error ? error.message : String(error)
      return undefined
    }
  }

  const round = async (counts: boolean, mostCalls = effort.calls): Promise<void> => {
    if (counts) spins.push(spin())
    for (const index of shuffled(contestants.length)) {
      const contestant = contestants[index]
      if (contestant === undefined || isOut(index)) continue
      const calls = Math.min(mostCalls, contestant.atMost ?? mostCalls)
      const figure = await attempt(index, () => contestant.run(calls))
      // What a turn leaves behind on this thread must not be paid for by the next one.
      await turnOfTheLoop()
      if (counts) played[index]?.figures.push(figure ?? null)
    }
    for (const [index, who] of played.entries()) if (counts && isOut(index)) fill(who.figures, spins.length)
  }

  const warmUp = async (): Promise<void> => {
    if (effort.warmUp === 'none') return
    if (effort.warmUp === 'short') return round(false, Math.min(effort.calls, FEW))
    const until = performance.now() + effort.budget / 3
    do await round(false)
    while (performance.now() < until)
  }

  // Whose thread is started first is placed better: up to nine times as fast for the whole launch.
  for (const index of shuffled(contestants.length)) await attempt(index, () => contestants[index]?.setup())
  const mustEnd = performance.now() + effort.limit
  // Many start their thread at the first call, and what measures itself must be in its place while it does.
  if (place !== undefined) await round(false, Math.min(effort.calls, FEW))
  place?.()
  await warmUp()
  place?.()
  const until = performance.now() + effort.budget
  let rounds = 0
  do await round(true)
  while ((++rounds < effort.minRounds || performance.now() < until) && performance.now() < mustEnd)
  for (const contestant of contestants) {
    // A contestant that can't be ended takes nobody's figures with it.
    await Promise.resolve()
      .then(() => contestant.teardown())
      .catch(() => undefined)
  }
  return { contestants: played, spins, rounds: [spins.length] }
}

/** Keeps the rounds aligned for those who are out, so that ratios are of the same round. */
function fill(figures: (number | null)[], length: number): void {
  while (figures.length < length) figures.push(null)
}
