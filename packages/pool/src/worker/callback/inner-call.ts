import type { Outcome, TaskRun } from '@bridge/core/host'
import type { InnerCall } from '../../callback/wire.js'
import type { ReceivedTask } from '../received-task.js'

/** How a thread runs and answers a call that is nested in a call that waits. */
export interface InnerCalls {
  /** Notifies the parent that it starts; returns whether it may. */
  begin(id: number): boolean
  run(call: ReceivedTask): TaskRun
  answer(id: number, name: string, outcome: Outcome, runTime: number): void
}

/**
 * Runs a call although this thread is busy with another call, which waits for it. While the thread is blocked by a
 * wait, a call that does not end synchronously continues after the wait: only the parent knows whether the wait is for
 * this very call.
 */
export function runInner(call: InnerCall, isBlocked: boolean, { begin, run, answer }: InnerCalls): void {
  const [, id, called, args, deadline, context, references] = call
  const { name } = called
  if (!begin(id)) return
  const began = performance.now()
  const end = (ending: Outcome): void => answer(id, name, ending, performance.now() - began)
  const { outcome } = run({ id, called, args, deadline, context, references, isBlocking: isBlocked })
  // The items of a stream need the event loop, too.
  const isLate = isBlocked && !(outcome instanceof Promise) && outcome.type === 'stream'
  if (isLate || outcome instanceof Promise) void Promise.resolve(outcome).then(end)
  else end(outcome)
}
