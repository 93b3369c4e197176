import { captureCarriers } from '../carriers.js'
import { now } from '../clock.js'
import { InvalidArgumentError } from '../errors/errors.js'
import type { Executor, Task } from '../executor/executor.js'
import type { Kind } from '../kind.js'
import type { CallOptions } from '../options.js'
import { currentScope, earliest } from '../scope/scope.js'

/** Everything a call knows before it starts. */
export interface CallSpec {
  readonly name: string
  readonly executor: Executor
  readonly module: string | undefined
  readonly fn: ((...args: never[]) => unknown) | undefined
  readonly receiver: unknown
  readonly args: readonly unknown[]
  /** What the function is known to be; `undefined` where only another thread knows. */
  readonly kind: Kind | undefined
  readonly options: CallOptions | undefined
}

const NO_SIGNALS: readonly AbortSignal[] = []

/** The same call with more options, checked for whether the function can go where they send it. */
export function configure(spec: CallSpec, options: CallOptions): CallSpec {
  const executor = options.executor ?? spec.executor
  if (executor.place === 'elsewhere' && spec.module === undefined) {
    throw new InvalidArgumentError(
      `${spec.name}() exists on this thread only, so ${executor.name} can't run it; make it addressable by ` +
        `bridge(import.meta.url, { ${spec.name} }), or call it through executor.import()`
    )
  }
  return { ...spec, executor, options: { ...spec.options, ...options } }
}

/** What the executor is given when the call starts: only now do timeouts begin and is context captured. */
export function toTask(spec: CallSpec, isCancellable = false): Task {
  const scope = currentScope()
  const { timeout, runTimeout, signal } = spec.options ?? {}
  const own = timeout === undefined ? undefined : now() + timeout
  const deadline = earliest(scope?.deadline, own)
  let signals = scope?.signals ?? NO_SIGNALS
  if (signal !== undefined) signals = [...signals, signal]
  return {
    name: spec.name,
    module: spec.module,
    fn: spec.fn,
    receiver: spec.receiver,
    args: spec.args,
    deadline,
    timeout: deadline === own ? timeout : undefined,
    runTimeout,
    signals,
    isCancellable,
    context: spec.executor.place === 'here' ? undefined : captureCarriers()
  }
}
