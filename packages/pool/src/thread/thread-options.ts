import type { Worker } from 'node:worker_threads'
import type { AbstractExecutor, Task } from '@bridge/core/executor'
import type { StartData } from '../lane/wire.js'
import type { Kill } from './lost-error.js'
import type { Output } from './output.js'
import type { RecycleAfter } from './recycle-after.js'
import type { Thread } from './thread.js'

/** Makes the worker that will serve a lane; `isBlocking` when this thread is about to block on it. */
export type StartWorker = (data: StartData, isBlocking: boolean) => Worker

/** What makes one thread different from another. */
export interface ThreadOptions {
  /** The executor's name. */
  readonly name: string
  /** Whose calls it runs. */
  readonly executor: AbstractExecutor
  readonly start: StartWorker
  /** Where what it prints is written. */
  readonly output: Output
  /** How many calls run there at once. */
  readonly concurrencyPerThread: number
  /** URL of the module that it imports before anything else. */
  readonly setup?: string | undefined
  /** Milliseconds that its start, or the import of a module there, may take. */
  readonly importTimeout: number
  readonly recycleAfter?: RecycleAfter | undefined
  /** How many threads there may be at once. */
  readonly maxThreads: number
  /** How many abandoned calls it may have before it is replaced. */
  readonly maxAbandoned: number
  /** Milliseconds that its event loop may stand still before it counts as stuck. */
  readonly stuckGrace: number
  /** Milliseconds that a thread that is told to end itself has for it. */
  readonly killGrace: number
}

/** What a thread tells the executor that owns it. */
export interface ThreadEvents {
  /** A call has waited and run for so many milliseconds. */
  onRan(task: Task, waitTime: number, runTime: number): void
  /** A call or a stream has ended, so there is room for another. */
  onFree(thread: Thread): void
  /** The thread has ended or is being ended; it takes no more calls, and those it has are about to be lost. */
  onEnding(thread: Thread): unknown
  /** The same, when they have been. */
  onLost(thread: Thread, end: Kill): void
}
