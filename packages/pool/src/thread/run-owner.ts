import type { CallOptions } from '@bridge/core'
import type { AbstractExecutor } from '@bridge/core/executor'
import type { Waiter } from '../callback/waits.js'
import type { BlockedOwner } from './block-in-turns.js'
import type { ThreadRun } from './thread-run.js'

/** What a run asks of the executor that queues it. */
export interface RunOwner extends BlockedOwner, AbstractExecutor {
  /** Milliseconds between asking a task to stop and ending its thread. */
  readonly killGrace: number
  /** What becomes of a task that is stopped and does not end in its time, unless its call says otherwise. */
  readonly onTimeout: CallOptions['onTimeout']
  /** Whether its threads are everybody's, so that no call has one to itself. */
  readonly isShared: boolean
  /** Milliseconds that a thread's event loop may stand still before it counts as stuck. */
  readonly stuckGrace: number
  /** Sends what is held back while several calls start: one of them blocks, as a getter of its arguments may. */
  letGo(): void
  /** Takes a run that has not started out of the queue. */
  withdraw(run: ThreadRun): void
  /** The callbacks and streams that keep a call of its from going on. */
  keptBy(run: ThreadRun): readonly Waiter[]
  /** Looks at a call that code waits for which a thread waits for in its turn. */
  lookAtWaited(run: ThreadRun): void
  /** Puts a run back that its thread has not started. */
  requeue(run: ThreadRun): void
  /** A run is sent once more; `isStolen` where it goes to another thread than the one it was sent to, which lives. */
  onResent(isStolen: boolean): void
}
