import type { Transferable } from '@bridge/core/executor'

// biome-ignore lint/suspicious/noExplicitAny: a function of any kind, as its author has written it.
export type AnyFn = (...args: any[]) => any

/** What `createSyncFn` makes of a worker's function. */
export type Syncify<T extends AnyFn> = (...args: Parameters<T>) => Awaited<ReturnType<T>>

/** What loads a worker that is TypeScript. */
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

/** What loads a worker that is TypeScript. */
export type TsRunner = (typeof TsRunner)[keyof typeof TsRunner]

/** A module that a worker imports before its own, and what global it makes of it. */
export interface GlobalShim {
  /** As the worker could import it; where it is not installed, it is left out. */
  moduleName: string
  /** The global; the module is only imported where there is none. */
  globalName?: string
  /** Which export it is: the default one unless set, all of them where `null`. */
  named?: string | null
  /** Unless `false`, a global that is there already stays, and the module is not imported. */
  conditional?: boolean
}

/** What `true` stands for among `globalShims`. */
export const DEFAULT_GLOBAL_SHIMS_PRESET: GlobalShim[] = [
  { moduleName: 'node-fetch-native', globalName: 'fetch', named: 'fetch' },
  { moduleName: 'node:perf_hooks', globalName: 'performance', named: 'performance' }
]

/** What `createSyncFn` can be told. */
export interface SynckitOptions {
  /** The thread's Node flags; those of `SYNCKIT_EXEC_ARGV`, or else of the process, that a thread can take unless set. */
  execArgv?: string[]
  /** What is imported before the worker; nothing unless set, or `SYNCKIT_GLOBAL_SHIMS` is `1` or `true`. */
  globalShims?: GlobalShim[] | boolean
  /** Milliseconds that a call may take, the start of its thread included; `SYNCKIT_TIMEOUT`, or no limit unless set. */
  timeout?: number
  /** Has no effect: nothing goes to the thread at its start that something could be moved with. */
  transferList?: Transferable[]
  /** What loads a worker that is TypeScript; `SYNCKIT_TS_RUNNER`, Node itself or an installed tsx unless set. */
  tsRunner?: TsRunner
}
