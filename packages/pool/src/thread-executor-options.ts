import type { ThreadsOptions } from './thread/threads.js'

/** What makes one executor of threads different from another. */
export interface ThreadExecutorOptions extends Omit<ThreadsOptions, 'executor'> {
  readonly maxQueue: number
  /** Whether it takes calls again after `close()`: what everybody shares, nobody may end for the others. */
  readonly reopens: boolean
  /** Called when it closes. */
  readonly onClose?: (() => void) | undefined
}
