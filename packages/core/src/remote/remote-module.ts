import { FunctionCall } from '../call/call.js'
import { checkArguments } from '../call/check-arguments.js'
import type { Executor } from '../executor/executor.js'
import type { Remote } from '../types.js'
import { moduleProxy } from './module-proxy.js'

/** The exports of a module that an executor runs; each function gives calls. */
export function remoteModule<M extends object>(executor: Executor, module: string): Remote<M> {
  return moduleProxy(executor, module, '', target => (...args) => {
    checkArguments(target.name, args)
    return new FunctionCall(target, undefined, args)
  }) as Remote<M>
}
