import type { Worker } from 'node:worker_threads'
import type { AbstractExecutor, Task } from '@bridge/core/executor'
import type { StartData } from '../connection/wire.js'
import type { Kill } from './lost-error.js'
import type { Output } from './output.js'
import type { RecycleAfter } from './recycle-after.js'
import type { Thread } from './thread.js'

/** Creates the worker that will serve a connection; `isBlocking` when this thread is about to block on it. */
export type StartWorker = (data: StartData, isBlocking: boolean) => Worker

/** The settings in which threads differ. */
export interface ThreadOptions {
  /** The executor's name. */
  readonly name: string
  /** The executor whose calls it runs. */
  readonly executor: AbstractExecutor
  readonly start: StartWorker
  /** Where its output is written. */
  readonly output: Output
  /** How many calls run there at the same time. */
  readonly concurrencyPerThread: number
  /** URL of the module that it imports before anything else. */
  readonly setup?: string | undefined
  /** Milliseconds that its start, or the import of a module there, may take. */
  readonly importTimeout: number
  readonly recycleAfter?: RecycleAfter | undefined
  /** How many threads there may be at the same time. */
  readonly maxThreads: number
  /** How many abandoned calls it may have before it is replaced. */
  readonly maxAbandoned: number
  /** Milliseconds that its event loop may be blocked before it counts as stuck. */
  readonly stuckGrace: number
  /** Milliseconds that a thread has for ending itself. */
  readonly killGrace: number
}

/** The events of a thread, for its executor. */
export interface ThreadEvents {
  /** A call has waited and run for this many milliseconds. */
  onRan(task: Task, waitTime: number, runTime: number): void
  /** A call or a stream has ended, so there is room for another. */
  onFree(thread: Thread): void
  /** The thread has ended or is being ended; it takes no more calls, and those it has are about to be lost. */
  onEnding(thread: Thread): unknown
  /** The same, after they have been lost. */
  onLost(thread: Thread, end: Kill): void
}
