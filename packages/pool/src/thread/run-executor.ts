import type { CallOptions } from '@bridge/core'
import type { AbstractExecutor } from '@bridge/core/executor'
import type { Waiter } from '../callback/waits.js'
import type { BlockedExecutor } from './block-in-turns.js'
import type { QueuedRun } from './queued-run.js'

/** What a run needs from the executor that queues it. */
export interface RunExecutor extends BlockedExecutor, AbstractExecutor {
  /** Milliseconds between cancelling a task and terminating its thread. */
  readonly killGrace: number
  /** What happens to a task that is stopped and does not end in time, unless its call has its own option. */
  readonly onTimeout: CallOptions['onTimeout']
  /** Whether its threads are shared by all code, so that no call has one to itself. */
  readonly isShared: boolean
  /** Milliseconds that a thread's event loop may be blocked before it counts as stuck. */
  readonly stuckGrace: number
  /**
   * Sends the calls that are held back while several calls start: one of them blocks, as a getter of its arguments may.
   */
  sendHeld(): void
  /** Removes a run that has not started from the queue. */
  dequeue(run: QueuedRun): void
  /** The callbacks and streams that prevent a call from continuing. */
  keptBy(run: QueuedRun): readonly Waiter[]
  /** Checks a call that is awaited by code for which a thread itself waits. */
  checkWaited(run: QueuedRun): void
  /** Returns a run to the queue that its thread has not started. */
  requeue(run: QueuedRun): void
  /** A run is sent again; `isStolen` if it goes to another thread although the first one is alive. */
  onResent(isStolen: boolean): void
}
