/*
 * The globals that our machinery is built on, as they are when a package is loaded. The build puts them in the place of
 * the global names (esbuild's `inject`), so that a test's fake timers, or a task that replaces or stubs globals, can't
 * stop what runs the tasks. Functions that are stubbed in place (`performance.now`, `JSON.stringify`) are copied.
 */
import * as timers from 'node:timers'

const {
  clearImmediate: clearImmediate_,
  clearInterval: clearInterval_,
  clearTimeout: clearTimeout_,
  setImmediate: setImmediate_,
  setInterval: setInterval_,
  setTimeout: setTimeout_
} = timers
const {
  Atomics: Atomics_,
  JSON: json,
  Promise: Promise_,
  performance: clock,
  queueMicrotask: queueMicrotask_
} = globalThis

const json_ = { parse: json.parse, stringify: json.stringify }
const performance_ = { now: clock.now.bind(clock), timeOrigin: clock.timeOrigin }

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
