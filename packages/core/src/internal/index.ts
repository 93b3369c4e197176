/**
 * Shared by the packages of this repository only: it is not subject to semantic versioning, and each package depends on
 * exactly the version of core that it was built with. Authors of executors use `@bridge/core/executor`.
 */
export { OwnContext, RootContext, runIsolated } from '../ambient.js'
export { address } from '../bridge/addressed.js'
export { remoteTarget } from '../call/target.js'
export {
  checkCount,
  checkFunction,
  checkMilliseconds,
  checkObject,
  checkOptions,
  checkSignal,
  checkText,
  refuse
} from '../check.js'
export { Timer } from '../clock.js'
export { isReady, restoreOver, restoring } from '../context/arrived.js'
export { encodeCarriers } from '../context/carried.js'
export { type CapturedContext, captureCarriers, restoreCaptured } from '../context/carriers.js'
export { isConstant, markConstant } from '../context/constant.js'
export { copyOf, PlainData } from '../context/plain-data.js'
export { clonedPartsOf, holds, isObject } from '../data.js'
export { copyNameAndLength } from '../function-look.js'
export { startsApplication } from '../host/entry-module.js'
export { isAsset } from '../host/load-hints.js'
export { markRelay } from '../host/relays.js'
export { sourceOf } from '../host/source-of.js'
export { loadingHere } from '../loading.js'
export { moduleUrl } from '../module-url.js'
export { type ImportArguments, importArguments } from '../named-module.js'
export { blockRemote, callRemote } from '../object/member.js'
export { adopt } from '../promise.js'
export { isHidden } from '../remote/hidden-keys.js'
export { onCancel } from '../scope/on-cancel.js'
export { currentScope, leaveScope } from '../scope/scope.js'
export { ScopeCell } from '../scope/scope-cell.js'
export { onAbort, reasonOf } from '../scope/signal-listeners.js'
export { shared } from '../shared.js'
export { iteratorOf } from '../stream/local-source.js'
export { closeQuietly, type Steps, stepsOf } from '../stream/steps.js'
export { beforeThreadEnd, endThread, expectThreadEnd, isEndedInOrder } from '../thread-end.js'
export { waitAtMost } from '../wait-at-most.js'
export { pathOf } from '../wire/clone-path.js'
export { classNamesOf } from '../wire/error.js'
export { instanceWarnings } from '../wire/instance-warning.js'
export { isError } from '../wire/is-error.js'
export { referLost } from '../wire/lost-beside.js'
export { holdsLost } from '../wire/lost-in-data.js'
export { isLostOnWire, type LostOnWire, lostIn, restoreLost } from '../wire/lost-kinds.js'
export { hideFrames } from '../wire/own-modules.js'
export { manifestOf } from '../wire/own-package.js'
export { namesClasses } from '../wire/references.js'
export { type ArrivingError, registerErrorsWhere } from '../wire/registered-errors.js'
export { foldersIn, hideOwnFrames, userStack } from '../wire/stack.js'
