export { createPool, type Pool } from './create-pool.js'
export { loop } from './loop.js'
export type { PoolOptions } from './options.js'
export { type PoolStats, ThreadExecutor } from './thread-executor.js'
