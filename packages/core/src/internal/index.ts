/**
 * What the packages of this repository share, for them alone: it stands outside of semantic versioning, and each of them
 * depends on exactly the version of core that it was built with. Authors of executors have `@bridge/core/executor`.
 */
export { remoteTarget } from '../call/target.js'
export { restoreCarriers } from '../carriers.js'
export { checkCount, checkFunction, checkMilliseconds, checkOptions, checkSignal, refuse } from '../check.js'
export { Timer } from '../clock.js'
export { copyNameAndLength } from '../function-look.js'
export { moduleUrl } from '../module-url.js'
export { blockRemote, callRemote } from '../object/member.js'
export { adopt } from '../promise.js'
export { leaveScope } from '../scope/scope.js'
export { onAbort, reasonOf } from '../scope/signal-listeners.js'
export { iteratorOf } from '../stream/local-source.js'
export { closeQuietly, type Steps, stepsOf } from '../stream/steps.js'
export { waitAtMost } from '../wait-at-most.js'
export { classNamesOf } from '../wire/error.js'
export { isError } from '../wire/is-error.js'
export { referLost } from '../wire/lost-beside.js'
export { holdsLost } from '../wire/lost-in-data.js'
export { foundAgain, isLostOnWire, type LostOnWire, lostIn } from '../wire/lost-kinds.js'
export { hideFrames } from '../wire/own-modules.js'
export { userStack } from '../wire/stack.js'
