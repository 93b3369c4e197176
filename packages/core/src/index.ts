export type { Arrived, CannotCross, Cloned, ClonedSync } from './arrived.js'
export { type Addressable, type AddressableOptions, bridge, type LiveObject } from './bridge/bridge.js'
export { type BridgedDecorator, bridged } from './bridge/bridged.js'
export type { Call, ClosureCall, ClosureStreamCall, Future, StreamCall } from './call/types.js'
export type { CarriedContext } from './context/carried.js'
export { addCarrier, type Carrier } from './context/carriers.js'
export type { BlockedTrace } from './diagnostics/blocked-trace.js'
export type { CallTrace } from './diagnostics/call-trace.js'
export type { DroppedTrace } from './diagnostics/dropped-trace.js'
export { dispatch, dispatchReturned, type Place, type Use, type Way } from './dispatch.js'
export { BridgeError, type BridgeErrorCode } from './errors/bridge-error.js'
export {
  CallAbortedError,
  CallTimeoutError,
  CannotBlockError,
  DeadlockError,
  DisposedError,
  ExecutorClosedError,
  InvalidArgumentError,
  NotCloneableError,
  PayloadTooLargeError,
  QueueFullError,
  TaskNotFoundError,
  WorkerLostError
} from './errors/errors.js'
export type { Executor, Run, StreamSource, Task, TaskOperation } from './executor/executor.js'
export { callAny, callMap } from './group/call-any.js'
export { type Mapper, type ParallelMapOptions, parallelMap } from './group/parallel-map.js'
export { here } from './here.js'
export {
  type Inline,
  type InlineImportOptions,
  type InlineImportSyncOptions,
  type InlineOptions,
  inline
} from './inline/inline.js'
export { type Kind, kindOf, kindOfResult } from './kind.js'
export { read, write } from './object/properties.js'
export { notify, proxy } from './object/proxy.js'
export type {
  Behind,
  BlockingObject,
  BlockingObjectBeside,
  Callback,
  RemoteArgument,
  RemoteArguments,
  RemoteClass,
  RemoteHandle,
  RemoteObject,
  RemoteObjectBeside,
  RemoteSyncClass
} from './object/types.js'
export type { CallOptions, ImportOptions, ImportSyncOptions, KeepName } from './options.js'
export { type AsyncResource, type ComingResource, type Resource, resource } from './resource/resource.js'
export type { RemoteResource, RemoteSyncResource } from './resource/types.js'
export { currentSignal, timeLeft } from './scope/current-limits.js'
export { runScope, type ScopeOptions } from './scope/scope.js'
export { currentTask, type TaskInfo } from './scope/task-info.js'
export type {
  AsyncGeneratorLike,
  AsyncStream,
  BlockingStream,
  GeneratorLike,
  Stream,
  StreamProgress
} from './stream/types.js'
export type {
  BlockingResult,
  EagerSync,
  LocalCall,
  Remote,
  RemoteCall,
  RemoteSync,
  WithAsync
} from './types.js'
export { type RegisteredInstance, registerClass } from './wire/registered-classes.js'
export { registerErrors } from './wire/registered-errors.js'
