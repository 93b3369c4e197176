/*
 * The globals that our code depends on, captured when a package is loaded. The build replaces the global names with them
 * (esbuild's `inject`), so that a test's fake timers, or a task that replaces or stubs globals, can't stop the code that
 * runs the tasks. Functions that are stubbed in place (`performance.now`, `JSON.stringify`) are copied.
 */
import * as timers from 'node:timers'

// Separate exports, so that a package contains only those that it uses.
const clearImmediate_ = timers.clearImmediate
const clearInterval_ = timers.clearInterval
const clearTimeout_ = timers.clearTimeout
const setImmediate_ = timers.setImmediate
const setInterval_ = timers.setInterval
const setTimeout_ = timers.setTimeout
const Atomics_ = Atomics
const Promise_ = Promise
const queueMicrotask_ = queueMicrotask

const json_ = /* @__PURE__ */ (() => ({ parse: JSON.parse, stringify: JSON.stringify }))()
const performance_ = { now: performance.now.bind(performance), timeOrigin: performance.timeOrigin }

export {
  Atomics_ as Atomics,
  clearImmediate_ as clearImmediate,
  clearInterval_ as clearInterval,
  clearTimeout_ as clearTimeout,
  json_ as JSON,
  Promise_ as Promise,
  performance_ as performance,
  queueMicrotask_ as queueMicrotask,
  setImmediate_ as setImmediate,
  setInterval_ as setInterval,
  setTimeout_ as setTimeout
}
