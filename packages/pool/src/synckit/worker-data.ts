import type { GlobalShim } from './options.js'

/** The data of a thread of `createSyncFn`. */
export interface SynckitWorkerData {
  /** The module of the first worker, which is about to be called. */
  readonly first: string
  /** A file from where the modules of `shims` are looked for. */
  readonly file: string
  readonly shims: readonly GlobalShim[]
}

/** What is called there. */
export interface SynckitThread {
  /** Calls what a worker serves: its arguments, and after them the URL of its module. */
  runAsWorker(...given: unknown[]): Promise<readonly [result: unknown]>
}
