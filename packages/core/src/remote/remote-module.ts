import { FunctionCall } from '../call/call.js'
import { checkArguments } from '../call/check-arguments.js'
import { remoteTarget } from '../call/target.js'
import type { Executor } from '../executor/executor.js'
import type { Remote } from '../types.js'
import { moduleProxy } from './module-proxy.js'

/** The exports of a module that an executor runs; each function gives calls. */
export function remoteModule<M extends object>(executor: Executor, module: string): Remote<M> {
  return moduleProxy(`Remote ${module} on ${executor.name}`, name => (...args: unknown[]) => {
    checkArguments(name, args)
    return new FunctionCall(remoteTarget(name, executor, module), undefined, args)
  }) as Remote<M>
}
