/**
 * For the configuration of a bundler: it loads nothing of Nest.
 * @module
 */

export { type BridgeEntriesOptions, bridgeEntries } from './bridge-entries.js'
