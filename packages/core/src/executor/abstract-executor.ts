import { moduleUrl } from '../module-url.js'
import { checkImportOptions, type ImportOptions } from '../options.js'
import { remoteModule } from '../remote/remote-module.js'
import { remoteSyncModule } from '../remote/remote-sync-module.js'
import type { Remote, RemoteSync } from '../types.js'
import type { Executor, Run, Task } from './executor.js'

/**
 * The base for authors of executors: give it `start`, `runSync` and `close`, and it gives `import` and
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

  import<M extends object>(url: URL | string, options?: ImportOptions): Remote<M> {
    checkImportOptions('import()', options)
    return remoteModule<M>(this, moduleUrl('import()', url), options)
  }

  importSync<M extends object>(url: URL | string, options?: ImportOptions): RemoteSync<M> {
    checkImportOptions('importSync()', options)
    return remoteSyncModule<M>(this, moduleUrl('importSync()', url), options)
  }
}
