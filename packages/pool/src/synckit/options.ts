import type { Transferable } from '@bridge/core/executor'

// biome-ignore lint/suspicious/noExplicitAny: a function of any kind, as its author has written it.
export type AnyFn = (...args: any[]) => any

/** The blocking form of a worker's function, as `createSyncFn` returns it. */
export type Syncify<T extends AnyFn> = (...args: Parameters<T>) => Awaited<ReturnType<T>>

/** The loaders for a worker that is TypeScript. */
export const TsRunner = {
  Node: 'node',
  Bun: 'bun',
  TsNode: 'ts-node',
  EsbuildRegister: 'esbuild-register',
  EsbuildRunner: 'esbuild-runner',
  OXC: 'oxc',
  SWC: 'swc',
  TSX: 'tsx'
} as const

/** A loader for a worker that is TypeScript. */
export type TsRunner = (typeof TsRunner)[keyof typeof TsRunner]

/** A module that a worker imports before its own, and the global that it defines. */
export interface GlobalShim {
  /** As the worker could import it; if it is not installed, it is skipped. */
  moduleName: string
  /** The name of the global; the module is only imported if there is no such global. */
  globalName?: string
  /** The export: the default one unless set, the namespace if `null`. */
  named?: string | null
  /** Unless `false`, an existing global is kept, and the module is not imported. */
  conditional?: boolean
}

/** The meaning of `true` for `globalShims`. */
export const DEFAULT_GLOBAL_SHIMS_PRESET: GlobalShim[] = [
  { moduleName: 'node-fetch-native', globalName: 'fetch', named: 'fetch' },
  { moduleName: 'node:perf_hooks', globalName: 'performance', named: 'performance' }
]

/** Options of `createSyncFn`. */
export interface SynckitOptions {
  /**
   * The thread's Node flags; unless set, those of `SYNCKIT_EXEC_ARGV`, or else those of the process that a thread
   * accepts.
   */
  execArgv?: string[]
  /** Modules that are imported before the worker; none unless set, or `SYNCKIT_GLOBAL_SHIMS` is `1` or `true`. */
  globalShims?: GlobalShim[] | boolean
  /** Milliseconds that a call may take, the start of its thread included; `SYNCKIT_TIMEOUT`, or no limit unless set. */
  timeout?: number
  /** Has no effect: nothing goes to the thread at its start that something could be moved with. */
  transferList?: Transferable[]
  /** What loads a worker that is TypeScript; `SYNCKIT_TS_RUNNER`, Node itself or an installed tsx unless set. */
  tsRunner?: TsRunner
}
