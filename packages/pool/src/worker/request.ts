import type { HostRequest, HostRun, Outcome } from '@bridge/core/host'

/** What a function's number stands for. */
export type TaskOfFunction = Pick<HostRequest, 'module' | 'name' | 'operation'>

/** What the host is asked: an operation has the number of its object as the first of its arguments. */
export function requestOf(
  task: TaskOfFunction,
  args: readonly unknown[],
  deadline: number | undefined,
  context: HostRequest['context']
): HostRequest {
  const { module, name, operation } = task
  if (operation === undefined || (module !== '' && operation !== 'new')) {
    return { module, name, operation, args, deadline, context }
  }
  return { module, name, operation, object: args[0] as number, args: args.slice(1), deadline, context }
}

/** A run that starts when its arguments are there; what keeps them from being there is how it ends. */
export function runLater(
  args: Promise<unknown>,
  start: (args: unknown) => HostRun,
  fail: (error: unknown) => Outcome
): HostRun {
  let run: HostRun | undefined
  let cancelled: { readonly reason: unknown } | undefined
  const outcome = args.then(there => {
    run = start(there)
    if (cancelled !== undefined) run.cancel(cancelled.reason)
    return run.outcome
  }, fail)
  return {
    outcome,
    cancel(reason) {
      cancelled = { reason }
      run?.cancel(reason)
    }
  }
}
