import { checkArguments } from '../call/check-arguments.js'
import { toTask } from '../call/target.js'
import { callTrace } from '../diagnostics/call-trace.js'
import type { Executor } from '../executor/executor.js'
import { adapted } from '../stream/stream.js'
import type { RemoteSync } from '../types.js'
import { moduleProxy } from './module-proxy.js'

/** The exports of a module as plain functions that block until an executor has run them. */
export function remoteSyncModule<M extends object>(executor: Executor, module: string): RemoteSync<M> {
  return moduleProxy(executor, module, ' (blocking)', target => {
    const blocking = (...args: unknown[]): unknown => {
      checkArguments(target.name, args)
      const outcome = callTrace.sync(target, blocking, trace =>
        executor.runSync(toTask(target, undefined, args, false, trace))
      )
      return adapted(target.name, outcome)
    }
    return blocking
  }) as RemoteSync<M>
}
