import { importTarget } from '../call/target.js'
import type { Executor } from '../executor/executor.js'
import { type BlockingClass, BlockingStubs } from '../object/blocking-stub.js'
import { blockRemote } from '../object/member.js'
import type { ImportSyncOptions, KeepName } from '../options.js'
import { asIterator } from '../stream/stream.js'
import type { RemoteSync } from '../types.js'
import { eagerModule } from './eager-module.js'
import { moduleProxy } from './module-proxy.js'

/** The exports of a module as plain functions and classes that block until an executor has run them. */
export function remoteSyncModule<M extends object>(
  executor: Executor,
  url: string,
  { eager = false, ...options }: ImportSyncOptions<KeepName> = {}
): RemoteSync<M> {
  const target = importTarget(executor, url, options)
  const stubs = new BlockingStubs(target, name => Reflect.get(stub, name))
  const module = { ...target, present: stubs.present }
  const stub: object = moduleProxy(module, ' (blocking)', {
    givesCalls: false,
    call: (one, args, entry) => asIterator(one.name, blockRemote(one, undefined, args, entry)),
    construct: (one, args, base, made) =>
      stubs.construct(one, args, base as BlockingClass, made as BlockingClass)
  })
  return (eager ? eagerModule(module, stub) : stub) as RemoteSync<M>
}
