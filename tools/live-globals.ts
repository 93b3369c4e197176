/*
 * For tests that fake timers or the clock: imported before a package, it makes the package capture functions that look up
 * the current global at each call, instead of the globals themselves (see captured-globals.ts).
 */
import { syncBuiltinESMExports } from 'node:module'
import timers from 'node:timers'

const now = performance.now.bind(performance)
let isAsked = false
const live = (): number => {
  // A spy that calls through looks it up again.
  if (isAsked || performance.now === live) return now()
  isAsked = true
  try {
    return performance.now()
  } finally {
    isAsked = false
  }
}
performance.now = live

const names = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate'
] as const
for (const name of names) {
  Object.assign(timers, {
    [name]: (...args: unknown[]) => (globalThis[name] as (...args: unknown[]) => unknown)(...args)
  })
}
syncBuiltinESMExports()
