// The build keeps this in the one file that both kinds of modules share.
export {
  createSyncFn,
  DEFAULT_GLOBAL_SHIMS_PRESET,
  extractProperties,
  runAsWorker,
  TsRunner
} from './index.js'
