/** What a turn came to, a call: in the row's unit by the clock, and in microseconds of CPU time. */
export interface Timed {
  readonly figure: number
  /** Microseconds that all threads of the process together were running. */
  readonly cpu: number
}

export type TimeUnit = 'ns' | 'µs' | 'ms'

/** How many of a unit are a millisecond. */
const PER_MILLISECOND: Readonly<Record<TimeUnit, number>> = { ns: 1e6, µs: 1000, ms: 1 }

/**
 * Reads the wall clock and the CPU time of the process, all its threads, around what counts. A process that a
 * contestant started would not be in it; none of them starts one.
 */
export class Stopwatch {
  // CPU time is read farther outside: reading it takes a microsecond, which is not the wall clock's matter.
  readonly #cpu = process.cpuUsage()
  readonly #started = performance.now()

  /** What each of so many calls took; `spent` are the milliseconds that count by the clock, where not all of them do. */
  perCall(calls: number, unit: TimeUnit, spent = performance.now() - this.#started): Timed {
    const { user, system } = process.cpuUsage(this.#cpu)
    return { figure: (spent * PER_MILLISECOND[unit]) / calls, cpu: (user + system) / calls }
  }
}

const NAP = 1
const QUIET = 0.1
const MOST_NAPS = 8

/**
 * Waits until the threads that played have come to rest: some keep running for a while after their last answer, and
 * that would be counted as the next contestant's CPU time.
 */
export async function untilQuiet(): Promise<void> {
  for (let nap = 0; nap < MOST_NAPS; nap++) {
    const cpu = process.cpuUsage()
    const from = performance.now()
    await new Promise(resolve => setTimeout(resolve, NAP))
    const { user, system } = process.cpuUsage(cpu)
    if (user + system < QUIET * 1000 * (performance.now() - from)) return
  }
}
