import { AsyncLocalStorage } from 'node:async_hooks'

export type Run = <R>(act: () => R) => R

/** Runs a function with three variables set; a process that has not called this has never loaded @bridge/context. */
export async function threeVariables(): Promise<Run> {
  const { tenant, trace, user } = await import('../workers/variables.js')
  return act => user.run(7, () => tenant.run('acme', () => trace.run({ id: 'a1', sampled: true }, act)))
}

/** Runs a function in a storage that is not carried, as in an application that uses one. */
export async function inStorage(): Promise<Run> {
  const storage = new AsyncLocalStorage<number>()
  return act => storage.run(1, act)
}

/** Runs a function like a request of an application that uses all of them: a span, a store of nestjs-cls, three variables. */
export async function everyContext(): Promise<Run> {
  const [within, { inSpan }] = await Promise.all([threeVariables(), import('../workers/every-context.js')])
  return act => within(() => inSpan(act))
}
