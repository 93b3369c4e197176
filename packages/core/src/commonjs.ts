/**
 * What the CommonJS entries that are loaded together export, in one file: a bundler can split ES modules alone, and each
 * entry would bring most of core once more.
 */
export * from './executor/index.js'
export * from './index.js'
export * from './internal/index.js'
