export { createSyncFn } from './create-sync-fn.js'
export { extractProperties } from './extract-properties.js'
export {
  type AnyFn,
  DEFAULT_GLOBAL_SHIMS_PRESET,
  type GlobalShim,
  type Syncify,
  type SynckitOptions,
  TsRunner
} from './options.js'
export { runAsWorker } from './run-as-worker.js'
