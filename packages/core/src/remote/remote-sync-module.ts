import { remoteTarget } from '../call/target.js'
import type { Executor } from '../executor/executor.js'
import { asBlocking, constructBlocking } from '../object/blocking-face.js'
import { blockRemote } from '../object/member.js'
import type { ImportOptions } from '../options.js'
import type { RemoteSync } from '../types.js'
import { moduleProxy } from './module-proxy.js'

/** The exports of a module as plain functions and classes that block until an executor has run them. */
export function remoteSyncModule<M extends object>(
  executor: Executor,
  module: string,
  options?: ImportOptions
): RemoteSync<M> {
  return moduleProxy(remoteTarget('', executor, module, options), ' (blocking)', {
    givesCalls: false,
    call: (target, args, entry) => asBlocking(target, blockRemote(target, undefined, args, entry)),
    construct: constructBlocking
  }) as RemoteSync<M>
}
