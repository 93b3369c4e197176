export { missingCarriers } from '../carriers.js'
export type { EncodedError, EncodedThrown } from '../wire/error.js'
export { encodeThrown } from '../wire/error.js'
export {
  type HostIterator,
  type HostRequest,
  type HostRun,
  hostRun,
  type Keeper,
  type Outcome
} from './host.js'
export { loadModule } from './load-module.js'
export { KeptObject, type ObjectOnWire, ObjectTable } from './object-table.js'
