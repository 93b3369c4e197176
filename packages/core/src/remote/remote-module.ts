import { importTarget } from '../call/target.js'
import type { Executor } from '../executor/executor.js'
import { construct } from '../object/construct.js'
import { callRemote } from '../object/member.js'
import type { ImportOptions, KeepName } from '../options.js'
import { presentResource } from '../resource/remote-resource.js'
import type { Remote } from '../types.js'
import { moduleProxy } from './module-proxy.js'

/** The exports of a module that an executor runs; each function returns calls, each class constructs objects there. */
export function remoteModule<M extends object>(
  executor: Executor,
  module: string,
  options?: ImportOptions<KeepName>
): Remote<M> {
  return moduleProxy({ ...importTarget(executor, module, options), present: presentResource }, '', {
    givesCalls: true,
    call: (target, args) => callRemote(target, undefined, args),
    construct
  }) as Remote<M>
}
