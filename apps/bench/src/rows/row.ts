import type { Contestant } from '../harness/contestant.js'

/** Where a process may run: anywhere, on one core alone, or the caller on one core and its threads on the others. */
export type Placement = 'unpinned' | 'one core' | 'two cores'

/** By what a contestant is measured: by the clock (or whatever the row's figure is), or in CPU time of all threads. */
export type Measure = 'wall' | 'cpu'

/** What a row is to show. */
export type Goal =
  /** Ours is at most this part of the fastest of those named, within the same rounds. */
  | {
      readonly kind: 'ratio'
      readonly measure: Measure
      readonly atMost: number
      readonly of: readonly string[]
    }
  /** Our own figure is at least this. */
  | { readonly kind: 'figure'; readonly atLeast: number }
  /** Our own figure is at most this. */
  | { readonly kind: 'ceiling'; readonly atMost: number; readonly unit: string }
  /** Ours takes at most so many microseconds of CPU time more than another one, a call. */
  | { readonly kind: 'added cpu'; readonly atMost: number; readonly to: string }

/** One measurement: who takes part, and what ours should come to. */
export interface Row {
  readonly id: string
  readonly title: string
  readonly unit: 'µs' | 'ns' | 'ms' | '%' | 'MB'
  readonly placement: Placement
  /** `rounds`: all in one process, taking turns. `processes`: every turn in a process of its own. */
  readonly how: 'rounds' | 'processes'
  readonly calls: number
  /** Where every turn is a process: whether its contestant makes a few calls before, or turns until it is warm. */
  readonly warmUp?: 'short' | 'rounds'
  /** After how many calls a contestant is warm, unless that is after the many that compiling takes. */
  readonly warmCalls?: number
  /** Whose figure the goals judge. */
  readonly ours?: string
  readonly goals: readonly Goal[]
  readonly note?: string
  /** A quick run leaves it out: it has a neighbour that shows nearly the same, or is for readers of figures elsewhere. */
  readonly isFullOnly?: true
  /** Where it stands in one of the drawn series. */
  readonly scale?: { readonly series: string; readonly x: number; readonly fullOnly: boolean }
  contestants(): Contestant[]
}

/** A row that can't be measured, and why: it stands in the table all the same. */
export interface AbsentRow {
  readonly id: string
  readonly title: string
  readonly goal: string
  readonly absent: string
}

/** The ratio goal against a single opponent, or the fastest of several. */
export function atMost(ratio: number, ...of: string[]): Goal {
  return { kind: 'ratio', measure: 'wall', atMost: ratio, of }
}

/** The same in CPU time, of the one that takes the least. */
export function atMostCpu(ratio: number, ...of: string[]): Goal {
  return { kind: 'ratio', measure: 'cpu', atMost: ratio, of }
}
