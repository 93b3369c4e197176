import type { HostRun, Outcome } from '@bridge/core/host'
import type { InnerCall } from '../../callback/wire.js'
import type { ArrivedCall } from '../request.js'

/** How a thread runs and answers a call that is nested in one which waits. */
export interface InnerCalls {
  /** Tells the owner that it begins, and whether it may. */
  begin(id: number): boolean
  run(call: ArrivedCall): HostRun
  answer(id: number, name: string, outcome: Outcome, runTime: number): void
}

/**
 * Runs a call although this thread is busy with another one, which waits for it in its turn. While the thread is blocked
 * by a wait, what does not end at once goes on after it: only the owner knows whether the wait is for just this.
 */
export function runInner(call: InnerCall, isBlocked: boolean, { begin, run, answer }: InnerCalls): void {
  const [, id, task, args, deadline, context, references] = call
  const { name } = task
  if (!begin(id)) return
  const began = performance.now()
  const end = (ending: Outcome): void => answer(id, name, ending, performance.now() - began)
  const { outcome } = run({ id, task, args, deadline, context, references, isBlocking: isBlocked })
  // The items of a stream need the event loop, too.
  const isLate = isBlocked && !(outcome instanceof Promise) && outcome.type === 'stream'
  if (isLate || outcome instanceof Promise) void Promise.resolve(outcome).then(end)
  else end(outcome)
}
