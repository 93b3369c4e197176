import { remoteTarget } from '../call/target.js'
import type { Executor } from '../executor/executor.js'
import { construct } from '../object/construct.js'
import { callRemote } from '../object/member.js'
import type { ImportOptions } from '../options.js'
import type { Remote } from '../types.js'
import { moduleProxy } from './module-proxy.js'

/** The exports of a module that an executor runs; each function gives calls, each class makes objects there. */
export function remoteModule<M extends object>(
  executor: Executor,
  module: string,
  options?: ImportOptions
): Remote<M> {
  return moduleProxy(remoteTarget('', executor, module, options), '', {
    givesCalls: true,
    call: (target, args) => callRemote(target, undefined, args),
    construct
  }) as Remote<M>
}
