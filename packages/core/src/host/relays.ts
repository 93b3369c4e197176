import type { TaskInfo } from '../scope/task-info.js'
import { shared } from '../shared.js'

type Relay = (this: TaskInfo, ...args: never[]) => unknown

const relays = shared('@bridge/core/relays', () => new WeakSet<object>())

/**
 * Marks a function that runs the task of another caller by a separate host: its `this` is the record of its own call,
 * and it runs outside of any scope, since the task that it runs enters its own scope.
 */
export function markRelay<F extends Relay>(fn: F): F {
  relays.add(fn)
  return fn
}

/** Whether it was marked so. */
export function isRelay(fn: object): boolean {
  return relays.has(fn)
}
