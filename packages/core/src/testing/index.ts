export type { Abilities, ConformanceCase } from './bench.js'
export { conformanceCases } from './conformance.js'
