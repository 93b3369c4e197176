import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { type Contestant, WrongAnswer } from './contestant.js'
import { shuffled } from './shuffled.js'
import { spin } from './spin.js'
import { Stopwatch, type Timed, untilQuiet } from './stopwatch.js'

/** The effort of measuring a row. */
export interface Effort {
  /** Calls in one turn. */
  readonly calls: number
  /** Milliseconds of counted rounds. */
  readonly budget: number
  /** The minimum number of rounds, even if the budget is used up. */
  readonly minRounds: number
  /** Milliseconds after which no round starts, even below `minRounds`: one slow contestant must not delay all. */
  readonly limit: number
  /**
   * The uncounted turns before: until each contestant is warm, one turn of a few calls, or none if the first call is
   * measured.
   */
  readonly warmUp: Warmth | 'short' | 'none'
}

/**
 * When a contestant is warm: it has played once, and has made `calls` calls or used `time` milliseconds of CPU time, or a few
 * times as many by the clock. On a busy machine, waiting longer does not mean that more was compiled.
 */
export interface Warmth {
  readonly calls: number
  readonly time: number
}

/** The figures of one contestant for each round; `null` for a round that it did not play. */
export interface Played {
  readonly name: string
  readonly figures: (number | null)[]
  /** Microseconds of CPU time a call, of all threads of the process, for each round. */
  readonly cpu: (number | null)[]
  /** Why it is excluded: its results were wrong. */
  invalid?: string
  /** Why it is excluded: it threw, or could not be started. */
  failed?: string
}

/** One process's measurements. */
export interface Launch {
  readonly contestants: Played[]
  /** Milliseconds of the fixed spin, taken before each round. */
  readonly spins: number[]
  /** How many rounds each process played, if there are several in sequence. */
  readonly rounds: number[]
}

/** How many times longer a warm-up may take by the clock than in CPU time. */
const PATIENCE = 4

/** How many calls a short warm-up makes. */
const FEW = 100

/**
 * Lets every contestant play in every round, in a changing order, until the budget is used up. `place` puts the threads on
 * their cores, when they have been started.
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
    // Work that a turn leaves behind on this thread must not be charged to the next turn.
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

  /** Each contestant separately: otherwise a library that is compiled late would be measured cold beside many others. */
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

  // The thread that is started first gets a better core: up to nine times as fast for the whole launch.
  for (const index of shuffled(contestants.length)) await attempt(index, () => contestants[index]?.setup())
  // Many libraries start their thread at the first call, and it must be placed before the measurement.
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
    // A contestant that cannot be ended must not affect the figures of others.
    await Promise.resolve()
      .then(() => contestant.teardown())
      .catch(() => undefined)
  }
  return { contestants: played, spins, rounds: [spins.length] }
}

/** Keeps the rounds of excluded contestants aligned, so that ratios are of the same round. */
function fill(figures: (number | null)[], length: number): void {
  while (figures.length < length) figures.push(null)
}
