export type { EngineCase } from './engine-case.js'
export { engineCases } from './engine-cases.js'
export { type Losses, lossy } from './lossy.js'
