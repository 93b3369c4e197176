import { type Kind, kindOf } from '@bridge/core'
import { markOf } from '@bridge/core/executor'
import {
  type CallbackOnWire,
  type Mode,
  NOTIFICATIONS,
  PROMISES,
  STREAMS,
  STREAMS_LATER,
  WAITS
} from './wire.js'

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
 * The reference that is sent for a function: the same number each time, so that it is one function on the thread, too.
 */
export function callbackReference(fn: AnyFunction): CallbackOnWire {
  let id = ids.get(fn)
  if (id === undefined) {
    id = ++lastId
    ids.set(fn, id)
  }
  return ['callback', id, modeOf(fn), fn.name || 'callback']
}

/** Whether a function among the arguments can be called by its receiver. */
export function isCallable(value: unknown): value is AnyFunction {
  return typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value))
}

function modeOf(fn: AnyFunction): Mode {
  if (markOf(fn) === 'notify') return NOTIFICATIONS
  return MODES[kindOf(fn)]
}
