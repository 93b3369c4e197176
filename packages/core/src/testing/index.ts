export type { Abilities, ConformanceCase } from './bench.js'
export { conformanceCases } from './conformance.js'
export type { FaultCase, FaultSubject } from './fault-bench.js'
export { faultCases } from './faults.js'
