export type { EncodedError, EncodedThrown } from '../wire/error.js'
export { encodeThrown } from '../wire/error.js'
export {
  type HostIterator,
  type HostRun,
  hostRun,
  type Keeper,
  type Outcome
} from './host.js'
export { importCarriers } from './import-carriers.js'
export { loadModule, loadModuleFor } from './load-module.js'
export { belowLoading } from './loading-chain.js'
export { KeptObject, type ObjectOnWire, ObjectTable } from './object-table.js'
export type { HostRequest } from './request.js'
