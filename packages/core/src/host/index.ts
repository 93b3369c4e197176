export type { EncodedError, EncodedThrown } from '../wire/error.js'
export { encodeThrown } from '../wire/error.js'
export type { HostTask } from './host-task.js'
export { importCarriers } from './import-carriers.js'
export { loadModule, loadModuleFor } from './load-module.js'
export { belowLoading } from './loading-chain.js'
export { ByReference, type ObjectOnWire, ObjectTable } from './object-table.js'
export {
  type HostIterator,
  type ObjectStore,
  type Outcome,
  runTask,
  type TaskRun
} from './run-task.js'
