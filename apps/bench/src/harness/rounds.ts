import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { type Contestant, WrongAnswer } from './contestant.js'
import { shuffled } from './shuffled.js'
import { spin } from './spin.js'
import { Stopwatch, type Timed, untilQuiet } from './stopwatch.js'

/** How long a row is measured. */
export interface Effort {
  /** Calls in one turn. */
  readonly calls: number
  /** Milliseconds of rounds that count. */
  readonly budget: number
  /** Rounds that are played even when the budget has run out. */
  readonly minRounds: number
  /** Milliseconds of rounds after which none starts, whatever `minRounds` says: one slow contestant must not hold all. */
  readonly limit: number
  /**
   * What is played before, uncounted: turns until each contestant is warm, one turn of a few calls, or nothing where
   * the first call is what is asked for.
   */
  readonly warmUp: Warmth | 'short' | 'none'
}

/**
 * When a contestant is warm: it has played once, and made so many calls or spent so many milliseconds of CPU time, or
 * a few times as many by the clock. A machine that is busy with something else compiles no sooner for having waited.
 */
export interface Warmth {
  readonly calls: number
  readonly time: number
}

/** What one contestant did: a figure for each round, `null` for one that it did not play. */
export interface Played {
  readonly name: string
  readonly figures: (number | null)[]
  /** Microseconds of CPU time a call, of all threads of the process, for each round. */
  readonly cpu: (number | null)[]
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

/** By the clock a warm-up may take so many times as long as in CPU time. */
const PATIENCE = 4

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
  const played = contestants.map(({ name }): Played => ({ name, figures: [], cpu: [] }))
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

  const round = async (turn: (contestant: Contestant, index: number) => Promise<void>): Promise<void> => {
    for (const index of shuffled(contestants.length)) {
      const contestant = contestants[index]
      if (contestant !== undefined && !isOut(index)) await turn(contestant, index)
    }
  }

  const run = async (
    contestant: Contestant,
    index: number,
    mostCalls = effort.calls
  ): Promise<Timed | undefined> => {
    const calls = Math.min(mostCalls, contestant.atMost ?? mostCalls)
    const watch = new Stopwatch()
    const turned = await attempt(index, () => contestant.run(calls))
    const whole = watch.perCall(calls, 'µs')
    // What a turn leaves behind on this thread must not be paid for by the next one.
    await turnOfTheLoop()
    return typeof turned === 'number' ? { figure: turned, cpu: whole.cpu } : turned
  }

  const shortRound = (): Promise<void> =>
    round(async (contestant, index) => {
      await run(contestant, index, Math.min(effort.calls, FEW))
    })

  const countedRound = async (): Promise<void> => {
    spins.push(spin())
    await round(async (contestant, index) => {
      const timed = await run(contestant, index)
      played[index]?.figures.push(timed?.figure ?? null)
      played[index]?.cpu.push(timed?.cpu ?? null)
      await untilQuiet()
    })
    for (const [index, { figures, cpu }] of played.entries()) {
      if (isOut(index)) for (const each of [figures, cpu]) fill(each, spins.length)
    }
  }

  /** Each for itself: a library that is compiled late would otherwise be measured cold beside many others. */
  const roundsUntilWarm = async ({ calls, time }: Warmth): Promise<void> => {
    const made = contestants.map(() => 0)
    const spent = contestants.map(() => 0)
    const isCold = (index: number): boolean => {
      const count = made[index] as number
      return !isOut(index) && (count === 0 || (count < calls && (spent[index] as number) < time))
    }
    while (contestants.some((_, index) => isCold(index))) {
      await round(async (contestant, index) => {
        if (!isCold(index)) return
        const count = Math.min(effort.calls, contestant.atMost ?? effort.calls)
        const watch = new Stopwatch()
        await attempt(index, () => (contestant.warm ?? contestant.run).call(contestant, count))
        await turnOfTheLoop()
        made[index] = (made[index] as number) + count
        const { figure, cpu } = watch.perCall(1, 'ms')
        spent[index] = (spent[index] as number) + Math.max(cpu / 1000, figure / PATIENCE)
      })
    }
  }

  const warmUp = async (): Promise<void> => {
    if (effort.warmUp === 'short') return shortRound()
    if (effort.warmUp !== 'none') return roundsUntilWarm(effort.warmUp)
  }

  // Whose thread is started first is placed better: up to nine times as fast for the whole launch.
  for (const index of shuffled(contestants.length)) await attempt(index, () => contestants[index]?.setup())
  // Many start their thread at the first call, and what measures itself must be in its place while it does.
  if (place !== undefined) await shortRound()
  place?.()
  await warmUp()
  place?.()
  const until = performance.now() + effort.budget
  const mustEnd = performance.now() + effort.limit
  let rounds = 0
  do await countedRound()
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
