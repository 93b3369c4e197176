import type { CallOptions } from '@bridge/core'
import type { ThreadsOptions } from './thread/threads.js'

/** The settings in which executors of threads differ. */
export interface ThreadExecutorOptions extends Omit<ThreadsOptions, 'executor'> {
  readonly maxQueue: number
  /** Whether its threads are shared by all code, so that no call has one to itself. */
  readonly isShared: boolean
  /** What happens to a task that is stopped and does not end in time. */
  readonly onTimeout: CallOptions['onTimeout']
  /** Whether it takes calls again after `close()`: one user of a shared executor must not end it for the others. */
  readonly reopens: boolean
  /** Called when it closes. */
  readonly onClose?: (() => void) | undefined
}
