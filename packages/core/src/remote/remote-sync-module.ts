import { checkArguments } from '../call/check-arguments.js'
import { toTask } from '../call/target.js'
import type { Executor } from '../executor/executor.js'
import { isSource } from '../stream/source-mark.js'
import { SourceStream } from '../stream/stream.js'
import type { RemoteSync } from '../types.js'
import { moduleProxy } from './module-proxy.js'

/** The exports of a module as plain functions that block until an executor has run them. */
export function remoteSyncModule<M extends object>(executor: Executor, module: string): RemoteSync<M> {
  const shared = { executor, module, fn: undefined, kind: undefined, options: undefined }
  return moduleProxy(`Remote ${module} on ${executor.name} (blocking)`, name => {
    const target = { ...shared, name }
    return (...args: unknown[]) => {
      checkArguments(name, args)
      const value = executor.runSync(toTask(target, undefined, args, false))
      return isSource(value) ? new SourceStream(name, value) : value
    }
  }) as RemoteSync<M>
}
