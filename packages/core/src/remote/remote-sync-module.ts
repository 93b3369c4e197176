import { checkArguments } from '../call/check-arguments.js'
import { remoteTarget, toTask } from '../call/target.js'
import type { Executor } from '../executor/executor.js'
import { adapted } from '../stream/stream.js'
import type { RemoteSync } from '../types.js'
import { moduleProxy } from './module-proxy.js'

/** The exports of a module as plain functions that block until an executor has run them. */
export function remoteSyncModule<M extends object>(executor: Executor, module: string): RemoteSync<M> {
  return moduleProxy(`Remote ${module} on ${executor.name} (blocking)`, name => {
    const target = remoteTarget(name, executor, module)
    return (...args: unknown[]) => {
      checkArguments(name, args)
      return adapted(name, executor.runSync(toTask(target, undefined, args, false)))
    }
  }) as RemoteSync<M>
}
