export { type ConformanceCase, conformanceCases } from './conformance.js'
