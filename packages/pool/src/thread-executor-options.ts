import type { CallOptions } from '@bridge/core'
import type { ThreadsOptions } from './thread/threads.js'

/** What makes one executor of threads different from another. */
export interface ThreadExecutorOptions extends Omit<ThreadsOptions, 'executor'> {
  readonly maxQueue: number
  /** Whether its threads are everybody's, so that no call has one to itself. */
  readonly isShared: boolean
  /** What becomes of a task that is stopped and does not end in its time. */
  readonly onTimeout: CallOptions['onTimeout']
  /** Whether it takes calls again after `close()`: what everybody shares, nobody may end for the others. */
  readonly reopens: boolean
  /** Called when it closes. */
  readonly onClose?: (() => void) | undefined
}
