import type { Role } from '../harness/contestant.js'
import type { Summary } from '../harness/statistics.js'

/** One contestant of a row, after all rounds. */
export interface Standing {
  readonly name: string
  readonly role: Role
  readonly figure?: Summary
  /** The ratio of bridge to this contestant, in the same rounds. */
  readonly ratio?: Summary
  /** Microseconds of CPU time for each call, of all threads; missing in reports of earlier versions. */
  readonly cpu?: Summary
  /** The same ratio in CPU time. */
  readonly cpuRatio?: Summary
  /** A figure that was measured elsewhere, as text. */
  readonly reference?: string
  /** Why it has no figure: a wrong answer. */
  readonly invalid?: string
  /** Why it has no figure: it threw. */
  readonly failed?: string
}

/** `unsettled`: the rounds form clusters, and the goal lies between them. */
export type Verdict = 'met' | 'missed' | 'unsettled' | 'not measured'

/** A goal and its result. */
export interface GoalResult {
  readonly text: string
  /** Set if it is about CPU time, and not the row's figure. */
  readonly inCpu?: true
  readonly measured?: Summary
  /** The ratio of the measured value to the goal: at most 1 if it is met. */
  readonly ofGoal?: number
  readonly verdict: Verdict
}

export interface RowResult {
  readonly id: string
  readonly title: string
  readonly unit: string
  readonly placement: string
  readonly standings: readonly Standing[]
  readonly goals: readonly GoalResult[]
  /** How much the fixed spin varied while this row was measured: (p90 − p10) : median. A measure of the machine's noise. */
  readonly noise?: number
  readonly note?: string
  /** Why it was not measured. */
  readonly absent?: string
  readonly scale?: { readonly series: string; readonly x: number }
}

/** The report of a run. */
export interface Report {
  readonly date: string
  readonly mode: string
  readonly seconds: number
  readonly machine: string
  readonly node: string
  readonly packages: Readonly<Record<string, string>>
  /** How much the fixed spin varied over the run. */
  readonly noise: number
  readonly rows: readonly RowResult[]
}
