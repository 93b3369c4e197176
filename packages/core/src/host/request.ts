import type { CarriedContext } from '../context/carried.js'
import type { TaskOperation } from '../executor/executor.js'
import type { Kept } from '../object/kept-classes.js'

/** What a host is asked to run, as it can arrive from anywhere. */
export interface HostRequest {
  /** Name of the exported function. */
  readonly name: string
  /** URL of the module that exports it. */
  readonly module: string
  readonly args: readonly unknown[]
  /** Milliseconds since the epoch, on the clock that all threads of a process share. */
  readonly deadline?: number | undefined
  readonly context?: CarriedContext | undefined
  /** What is done, where it is not an exported function that is called; it needs a `Keeper`. */
  readonly operation?: TaskOperation | undefined
  /** Which classes of the module have their instances stay, beside those that can be disposed. */
  readonly keep?: Kept
  /** The number of the object that the operation is about. */
  readonly object?: number | undefined
  /** Whether the thread is blocked until the task has ended, so that its module must be loaded at once. */
  readonly isBlocking?: boolean | undefined
}
