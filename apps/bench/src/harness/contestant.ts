import type { Timed } from './stopwatch.js'

/** The role of a contestant in a row: bridge, a similar library, the minimum of the platform, or Node without a library. */
export type Role = 'ours' | 'peer' | 'limit' | 'plain'

/** The result of a turn. */
export type Turned = number | Timed

/** A contestant that takes turns in a row. */
export interface Contestant {
  readonly name: string
  readonly role: Role
  /** The maximum number of calls in a turn, if it is too slow for the row's number. */
  readonly atMost?: number | undefined
  setup(): void | Promise<void>
  /**
   * Makes `n` calls, each with a different argument, and returns the figure in the row's unit, with the CPU time of the timed
   * part. If it returns only a figure, the CPU time of the whole turn is used.
   *
   * @throws WrongAnswer when any answer is wrong.
   */
  run(n: number): Turned | Promise<Turned>
  /** Makes `n` uncounted calls, if `run` would be too slow to get the code compiled. */
  warm?(n: number): unknown
  teardown(): void | Promise<void>
}

/** A result that does not belong to its call: the contestant is excluded from the row. */
export class WrongAnswer extends Error {
  override readonly name = 'WrongAnswer'
}

let asked = 0

/** A number that no earlier call in this process had. */
export function freshId(): number {
  asked += 1
  return asked
}
