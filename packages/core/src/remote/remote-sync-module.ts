import { importTarget } from '../call/target.js'
import type { Executor } from '../executor/executor.js'
import { type BlockingClass, BlockingFaces } from '../object/blocking-face.js'
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
  const faces = new BlockingFaces(target, name => Reflect.get(face, name))
  const module = { ...target, present: faces.present }
  const face: object = moduleProxy(module, ' (blocking)', {
    givesCalls: false,
    call: (one, args, entry) => asIterator(one.name, blockRemote(one, undefined, args, entry)),
    construct: (one, args, base, made) =>
      faces.construct(one, args, base as BlockingClass, made as BlockingClass)
  })
  return (eager ? eagerModule(module, face) : face) as RemoteSync<M>
}
