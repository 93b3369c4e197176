import type { Timed } from './stopwatch.js'

/** What somebody is in a row: we, a library like ours, the least the platform allows, or Node without a library. */
export type Role = 'ours' | 'peer' | 'limit' | 'plain'

/** What a turn gives. */
export type Turned = number | Timed

/** Somebody who takes turns in a row. */
export interface Contestant {
  readonly name: string
  readonly role: Role
  /** The most calls it can be asked for in a turn, where it is too slow for the row's number. */
  readonly atMost?: number | undefined
  setup(): void | Promise<void>
  /**
   * Makes `n` calls, each with an argument of its own, and gives the figure in the row's unit, with the CPU time of
   * what was timed. Where it gives a figure alone, the CPU time of the whole turn is taken.
   *
   * @throws WrongAnswer when any answer is wrong.
   */
  run(n: number): Turned | Promise<Turned>
  /** Makes `n` calls that don't count, where `run` would be too slow to have the code compiled. */
  warm?(n: number): unknown
  teardown(): void | Promise<void>
}

/** An answer that is not the one to the question: whoever gave it is out of the row. */
export class WrongAnswer extends Error {
  override readonly name = 'WrongAnswer'
}

let asked = 0

/** A number that no call in this process was given before. */
export function freshId(): number {
  asked += 1
  return asked
}
