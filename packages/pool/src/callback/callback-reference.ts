import { type Kind, kindOf } from '@bridge/core'
import { markOf } from '@bridge/core/executor'
import { type CallbackOnWire, type Mode, NOTES, PROMISES, STREAMS, STREAMS_LATER, WAITS } from './wire.js'

type AnyFunction = (...args: never[]) => unknown

const MODES: Readonly<Record<Kind, Mode>> = {
  sync: WAITS,
  async: PROMISES,
  generator: STREAMS,
  asyncGenerator: STREAMS_LATER
}

const ids = new WeakMap<object, number>()
let lastId = 0

/**
 * What stands for a function on its way to a thread: the same number each time, so that there, too, it is one function.
 */
export function callbackReference(fn: AnyFunction): CallbackOnWire {
  let id = ids.get(fn)
  if (id === undefined) {
    id = ++lastId
    ids.set(fn, id)
  }
  return ['callback', id, modeOf(fn), fn.name || 'callback']
}

/** Whether a function that is an argument can be called by whoever gets it. */
export function isCallable(value: unknown): value is AnyFunction {
  return typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value))
}

function modeOf(fn: AnyFunction): Mode {
  if (markOf(fn) === 'notify') return NOTES
  return MODES[kindOf(fn)]
}
