import { type ImportArguments, importArguments } from '../named-module.js'
import {
  checkImportOptions,
  type ImportOptions,
  type ImportSyncOptions,
  type KeepName,
  refuseUnhonoured
} from '../options.js'
import { remoteModule } from '../remote/remote-module.js'
import { remoteSyncModule } from '../remote/remote-sync-module.js'
import type { EagerSync, Remote, RemoteSync } from '../types.js'
import type { Executor, Run, Task } from './executor.js'

/**
 * The base class for authors of executors: implement `start`, `runSync` and `close`; it provides `import` and
 * `importSync`.
 *
 * @example
 * ```ts
 * class ProcessExecutor extends AbstractExecutor {
 *   readonly name = 'process'
 *   readonly canBlock = false
 *   readonly place = 'elsewhere'
 *   start(task: Task): Run { … }
 *   runSync(task: Task): unknown { … }
 *   async close() { … }
 * }
 * ```
 */
export abstract class AbstractExecutor implements Executor {
  abstract readonly name: string
  abstract readonly canBlock: boolean
  abstract readonly place: 'here' | 'elsewhere'
  abstract start(task: Task): Run
  abstract runSync(task: Task): unknown
  abstract close(): Promise<void>

  import<M extends object, Keep extends KeepName = never>(
    url: URL | string,
    options?: ImportOptions<Keep>
  ): Remote<M, Keep>
  import<M extends object, Keep extends KeepName = never>(
    module: () => Promise<M>,
    from: URL | string,
    options?: ImportOptions<Keep>
  ): Remote<M, Keep>
  import<M extends object>(...args: ImportArguments): Remote<M> {
    const { url, options } = importArguments('import()', args)
    return imported<M>(this, url, options)
  }

  importSync<M extends object, Keep extends KeepName = never>(
    url: URL | string,
    options: ImportSyncOptions<Keep> & { eager: true }
  ): EagerSync<M, Keep>
  importSync<M extends object, Keep extends KeepName = never>(
    url: URL | string,
    options?: ImportSyncOptions<Keep>
  ): RemoteSync<M, Keep>
  importSync<M extends object, Keep extends KeepName = never>(
    module: () => Promise<M>,
    from: URL | string,
    options: ImportSyncOptions<Keep> & { eager: true }
  ): EagerSync<M, Keep>
  importSync<M extends object, Keep extends KeepName = never>(
    module: () => Promise<M>,
    from: URL | string,
    options?: ImportSyncOptions<Keep>
  ): RemoteSync<M, Keep>
  importSync<M extends object>(...args: ImportArguments): RemoteSync<M> {
    const { url, options } = importArguments('importSync()', args)
    return importedSync<M>(this, url, options)
  }
}

/** The result of `import()` for the module at that URL. */
export function imported<M extends object>(
  executor: Executor,
  url: string,
  options: ImportOptions<KeepName> | undefined
): Remote<M> {
  checkImportOptions('import()', options)
  refuseUnhonoured('import()', executor, options)
  return remoteModule<M>(executor, url, options)
}

/** The result of `importSync()` for the module at that URL. */
export function importedSync<M extends object>(
  executor: Executor,
  url: string,
  options: ImportSyncOptions<KeepName> | undefined
): RemoteSync<M> {
  checkImportOptions('importSync()', options, true)
  refuseUnhonoured('importSync()', executor, options)
  return remoteSyncModule<M>(executor, url, options)
}
