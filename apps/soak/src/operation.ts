import type { Turn } from './turn.js'

/** One kind of operation of a user, which checks its results. */
export interface Operation {
  readonly name: string
  /** Its relative frequency. */
  readonly weight: number
  /** Only on a pool whose threads may end. */
  readonly isWild?: boolean
  /** Blocks this thread. */
  readonly isBlocking?: boolean
  run(turn: Turn): unknown
}
