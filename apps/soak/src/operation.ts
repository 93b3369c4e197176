import type { Turn } from './turn.js'

/** One kind of thing that a user does, which checks what it gets. */
export interface Operation {
  readonly name: string
  /** How often it comes, compared with the others. */
  readonly weight: number
  /** Only where threads may end. */
  readonly isWild?: boolean
  /** Blocks this thread. */
  readonly isBlocking?: boolean
  run(turn: Turn): unknown
}
