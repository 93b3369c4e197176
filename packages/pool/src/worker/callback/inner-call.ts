import { DeadlockError } from '@bridge/core'
import { encodeThrown } from '@bridge/core/executor'
import type { HostRun, Outcome } from '@bridge/core/host'
import type { InnerCall } from '../../callback/wire.js'
import type { ArrivedCall } from '../request.js'

/** How a thread runs and answers a call that is nested in one which waits. */
export interface InnerCalls {
  /** Tells the owner that it begins, and whether it may. */
  begin(id: number): boolean
  run(call: ArrivedCall): HostRun
  answer(id: number, name: string, outcome: Outcome): void
}

/**
 * Runs a call although this thread is busy with another one, which waits for it in its turn. While the thread is blocked
 * by a wait that lasts until the call has ended, only what ends at once can be run.
 */
export function runInner(call: InnerCall, isBlocked: boolean, { begin, run, answer }: InnerCalls): void {
  const [, id, task, args, deadline, context, references] = call
  const { name } = task
  if (!begin(id)) return
  const { outcome, cancel } = run({ id, task, args, deadline, context, references, isBlocking: isBlocked })
  if (!isBlocked) {
    if (outcome instanceof Promise) void outcome.then(ended => answer(id, name, ended))
    else answer(id, name, outcome)
    return
  }
  if (!(outcome instanceof Promise) && outcome.type !== 'stream') {
    answer(id, name, outcome)
    return
  }
  const deadlock = new DeadlockError(
    `${name}() is asynchronous, and the only thread that may run it is blocked until it has ended, by a callback or ` +
      `a stream that calls ${name}(); call it where the task awaits that, or allow more threads (maxThreads)`
  )
  cancel(deadlock)
  answer(id, name, { type: 'error', error: encodeThrown(deadlock) })
}
