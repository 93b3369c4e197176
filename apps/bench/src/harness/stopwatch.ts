/** The cost of a call: in the row's unit by the clock, and in microseconds of CPU time. */
export interface Timed {
  readonly figure: number
  /** Microseconds of CPU time of all threads of the process together. */
  readonly cpu: number
}

export type TimeUnit = 'ns' | 'µs' | 'ms'

/** How many units are one millisecond. */
const PER_MILLISECOND: Readonly<Record<TimeUnit, number>> = { ns: 1e6, µs: 1000, ms: 1 }

/**
 * Reads the wall clock and the CPU time of all threads of the process around the counted part. A child process of a contestant
 * would not be included, but no contestant has one.
 */
export class Stopwatch {
  // CPU time is read outside of the wall clock, because reading it takes a microsecond.
  readonly #cpu = process.cpuUsage()
  readonly #started = performance.now()

  /** The cost of each of `calls` calls; `spent` are the milliseconds that count by the clock, if not all of them do. */
  perCall(calls: number, unit: TimeUnit, spent = performance.now() - this.#started): Timed {
    const { user, system } = process.cpuUsage(this.#cpu)
    return { figure: (spent * PER_MILLISECOND[unit]) / calls, cpu: (user + system) / calls }
  }
}

const NAP = 1
const QUIET = 0.1
const MOST_NAPS = 8

/**
 * Waits until the threads that played are idle: some keep running for a while after their last result, which would be counted
 * as the next contestant's CPU time.
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
