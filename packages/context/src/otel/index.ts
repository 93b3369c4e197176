/**
 * OpenTelemetry's trace context and baggage travel with every bridge call as soon as this is imported.
 * @module
 */

export { traceCalls } from './trace-calls.js'
