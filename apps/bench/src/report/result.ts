import type { Role } from '../harness/contestant.js'
import type { Summary } from '../harness/statistics.js'

/** One contestant of a row, after all rounds. */
export interface Standing {
  readonly name: string
  readonly role: Role
  readonly figure?: Summary
  /** Ours : this one, of the same rounds. */
  readonly ratio?: Summary
  /** Microseconds of CPU time a call, of all threads; a report of an earlier version has none. */
  readonly cpu?: Summary
  /** Ours : this one in CPU time, of the same rounds. */
  readonly cpuRatio?: Summary
  /** What was measured elsewhere, in words: it is not a figure of this run. */
  readonly reference?: string
  /** Why it has no figure: a wrong answer. */
  readonly invalid?: string
  /** Why it has no figure: it threw. */
  readonly failed?: string
}

/** `unsettled`: the rounds fall in heaps, and the goal lies between them. */
export type Verdict = 'met' | 'missed' | 'unsettled' | 'not measured'

/** A goal, and what came of it. */
export interface GoalResult {
  readonly text: string
  /** That it is about CPU time, and not the row's figure. */
  readonly inCpu?: true
  readonly measured?: Summary
  /** How the measured value stands to the goal: at most 1 when it is met. */
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
  /** How much the fixed spin varied while this row was measured: (p90 − p10) : median. It tells of the machine. */
  readonly noise?: number
  readonly note?: string
  /** Why it was not measured. */
  readonly absent?: string
  readonly scale?: { readonly series: string; readonly x: number }
}

/** A whole run. */
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
