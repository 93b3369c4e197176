export { startMadeCalls } from '../call/made-calls.js'
export { remoteTarget } from '../call/target.js'
export { type CarriedContext, refuseUncloneable, restoreCarriers } from '../carriers.js'
export { checkCount, checkFunction, checkMilliseconds, checkOptions, checkSignal, refuse } from '../check.js'
export { now, Timer } from '../clock.js'
export { copyNameAndLength } from '../function-look.js'
export { boundedRun } from '../inline/bounded-run.js'
export { moduleUrl } from '../module-url.js'
export { faceOf } from '../object/face.js'
export { hasMarks, type Mark, markOf } from '../object/marks.js'
export { blockRemote, callRemote } from '../object/member.js'
export {
  hasObjects,
  newReference,
  type ObjectReference,
  referenceTo
} from '../object/object-reference.js'
export { receiverOf, refuseDisposed, refuseUnusable } from '../object/receiver.js'
export { adopt } from '../promise.js'
export {
  type BoundedTask,
  itemTimeoutError,
  type Limits,
  type LimitWatch,
  limitReached,
  timeoutError,
  watchLimits
} from '../scope/limits.js'
export { leaveScope } from '../scope/scope.js'
export { onAbort, reasonOf } from '../scope/signal-listeners.js'
export { iteratorOf } from '../stream/local-source.js'
export { isSource, streamSource } from '../stream/source-mark.js'
export { checkStepValue } from '../stream/step-value.js'
export { type AnyIterator, closeQuietly, type Steps, stepsOf } from '../stream/steps.js'
export { giveBackTransfers, type Transferable, takeTransfers, transfer } from '../transfer.js'
export { waitAtMost } from '../wait-at-most.js'
export { cloned, notCloneable, unreadable } from '../wire/clone-path.js'
export {
  classNamesOf,
  decodeThrown,
  type EncodedError,
  type EncodedPart,
  type EncodedThrown,
  encodeThrown,
  type StaysThrown
} from '../wire/error.js'
export { isError } from '../wire/is-error.js'
export { referLost } from '../wire/lost-beside.js'
export { holdsLost } from '../wire/lost-in-data.js'
export { foundAgain, isLostOnWire, type LostOnWire, lostIn } from '../wire/lost-kinds.js'
export { hideFrames } from '../wire/own-modules.js'
export { dereference, type Place, type Referring, refer, referencesIn } from '../wire/references.js'
export { callerFrames, userStack } from '../wire/stack.js'
export { AbstractExecutor } from './abstract-executor.js'
export type { Executor, Run, StreamSource, Task, TaskOperation } from './executor.js'
export { iteratorSource } from './iterator-source.js'
export { RunningTasks } from './running-tasks.js'
