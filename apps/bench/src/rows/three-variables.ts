export type Run = <R>(act: () => R) => R

/** Runs something with three variables set; a process that has not called this has never loaded @bridge/context. */
export async function threeVariables(): Promise<Run> {
  const { tenant, trace, user } = await import('../workers/variables.js')
  return act => user.run(7, () => tenant.run('acme', () => trace.run({ id: 'a1', sampled: true }, act)))
}
