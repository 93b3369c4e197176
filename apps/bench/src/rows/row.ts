import type { Contestant } from '../harness/contestant.js'

/** Where a process may run: anywhere, on one core, or the caller on one core and its threads on the others. */
export type Placement = 'unpinned' | 'one core' | 'two cores'

/** How a contestant is measured: by the clock (or the row's figure), or in CPU time of all threads. */
export type Measure = 'wall' | 'cpu'

/** The goal of a row. */
export type Goal =
  /** Bridge takes at most this ratio of the fastest of the named contestants, in the same rounds. */
  | {
      readonly kind: 'ratio'
      readonly measure: Measure
      readonly atMost: number
      readonly of: readonly string[]
    }
  /** Bridge's figure is at least this. */
  | { readonly kind: 'figure'; readonly atLeast: number }
  /** Bridge's figure is at most this. */
  | { readonly kind: 'ceiling'; readonly atMost: number; readonly unit: string }
  /** Bridge takes at most this many microseconds of CPU time more for each call than another contestant. */
  | { readonly kind: 'added cpu'; readonly atMost: number; readonly to: string }

/** One measurement: the contestants, and the goals of bridge. */
export interface Row {
  readonly id: string
  readonly title: string
  readonly unit: 'µs' | 'ns' | 'ms' | '%' | 'MB'
  readonly placement: Placement
  /** `rounds`: all in one process, taking turns. `processes`: every turn in a separate process. */
  readonly how: 'rounds' | 'processes'
  readonly calls: number
  /** If every turn is a process: whether its contestant first makes a few calls, or turns until it is warm. */
  readonly warmUp?: 'short' | 'rounds'
  /** After how many calls a contestant is warm, if fewer than compilation needs. */
  readonly warmCalls?: number
  /** The contestant whose figure the goals judge. */
  readonly ours?: string
  readonly goals: readonly Goal[]
  readonly note?: string
  /** A quick run leaves it out, because another row shows nearly the same, or it is for comparison with other benchmarks. */
  readonly isFullOnly?: true
  /** Its point in one of the drawn series. */
  readonly scale?: { readonly series: string; readonly x: number; readonly fullOnly: boolean }
  contestants(): Contestant[]
}

/** A row that cannot be measured, and why; it is still in the table. */
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

/** The same in CPU time, against the contestant that takes the least. */
export function atMostCpu(ratio: number, ...of: string[]): Goal {
  return { kind: 'ratio', measure: 'cpu', atMost: ratio, of }
}
