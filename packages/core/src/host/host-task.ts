import type { CarriedContext } from '../context/carried.js'
import type { TaskOperation } from '../executor/executor.js'
import type { Kept } from '../object/kept-classes.js'

/** A task for a host, as it is received from any transport. */
export interface HostTask {
  /** Name of the exported function. */
  readonly name: string
  /** URL of the module that exports it. */
  readonly module: string
  readonly args: readonly unknown[]
  /** Milliseconds since the epoch, on the clock that all threads of a process share. */
  readonly deadline?: number | undefined
  readonly context?: CarriedContext | undefined
  /** Whether `runTask()` is called in an async context of its own, in which no other code runs later. */
  readonly isIsolated?: boolean | undefined
  /**
   * The modules that may be imported to restore the context, instead of those that the caller names: for a host whose
   * callers are on other machines. Values without a carrier in these modules are skipped.
   */
  readonly carriers?: readonly string[] | undefined
  /** What is done, if not a call of an exported function; it needs an `ObjectStore`. */
  readonly operation?: TaskOperation | undefined
  /** The classes of the module whose instances stay, in addition to those that can be disposed. */
  readonly keep?: Kept
  /** The number of the object that the operation refers to. */
  readonly object?: number | undefined
  /** Whether the thread is blocked until the task has ended, so that its module must be loaded synchronously. */
  readonly isBlocking?: boolean | undefined
}
