/** The contract for authors of executors; it follows semantic versioning, as the main entry does. */
export { startMadeCalls } from '../call/made-calls.js'
export { now } from '../clock.js'
export { type CarriedContext, refuseUncloneable } from '../context/carried.js'
export { boundedRun } from '../inline/bounded-run.js'
export { hasMarks, type Mark, markOf } from '../object/marks.js'
export {
  hasObjects,
  newReference,
  type ObjectReference,
  referenceTo
} from '../object/object-reference.js'
export { receiverOf, refuseDisposed, refuseUnusable } from '../object/receiver.js'
export { stubOf } from '../object/stub.js'
export {
  type BoundedTask,
  itemTimeoutError,
  type Limits,
  type LimitWatch,
  limitReached,
  timeoutError,
  watchLimits
} from '../scope/limits.js'
export { isSource, streamSource } from '../stream/source-mark.js'
export { checkStepValue } from '../stream/step-value.js'
export type { AnyIterator } from '../stream/steps.js'
export { restoreTransfers, type Transferable, takeTransfers, transfer } from '../transfer.js'
export { cloned, notCloneable, unreadable } from '../wire/clone-path.js'
export {
  decodeThrown,
  type EncodedError,
  type EncodedPart,
  type EncodedThrown,
  encodeThrown,
  type StaysThrown
} from '../wire/error.js'
export { dereference, type Placed, type Referring, refer, referencesIn } from '../wire/references.js'
export { callerFrames } from '../wire/stack.js'
export { AbstractExecutor } from './abstract-executor.js'
export type { Executor, Run, StreamSource, Task, TaskOperation } from './executor.js'
export { iteratorSource } from './iterator-source.js'
export { RunningTasks } from './running-tasks.js'
