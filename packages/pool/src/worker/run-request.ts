import type { HostRun, Outcome } from '@bridge/core/host'
import { adopt, namesClasses } from '@bridge/core/internal'
import type { CancelledCalls } from '../lane/cancelled.js'
import type { Imports } from './imports.js'
import { type ArrivedCall, requestOf, runLater } from './request.js'
import type { RunTask } from './start-serving.js'
import type { ThreadKeeper } from './thread-keeper.js'

/** Runs a call, when what it needs is imported, with what its references mean on this thread where they stand; it never throws. */
export function runRequest(
  call: ArrivedCall,
  cancelled: CancelledCalls,
  keeper: ThreadKeeper,
  runTask: RunTask,
  imports: Imports | undefined
): HostRun {
  const { id, task, args, references } = call
  const isCancelled = (): boolean => cancelled.has(id)
  const start = (live: unknown): HostRun =>
    keeper.caller.inCall(id, () => runTask(requestOf(call, live as unknown[]), isCancelled))
  // What is called of a new object may arrive before what its constructor needs.
  const made = task.operation === 'new' ? (args[0] as number) : undefined
  const fail = (error: unknown): Outcome => {
    if (made !== undefined) keeper.objects.fail(made, error)
    return { type: 'error', error: keeper.encodeThrown(error) }
  }
  try {
    let received: unknown = args
    let imported: Promise<unknown> | undefined
    if (references !== undefined && namesClasses(references)) {
      // What is imported may register the classes.
      imported = imports?.before(call)
      received = keeper.receive(task.name, args, references, imported)
    } else {
      if (references !== undefined) received = keeper.receive(task.name, args, references)
      imported = imports?.before(call)
    }
    if (!(received instanceof Promise) && imported === undefined) return start(received)
    const needed = Promise.all([received, imported]).then(([live]) => live)
    const run = runLater(needed, start, fail, isCancelled)
    if (made !== undefined) {
      const outcome = adopt(run.outcome)
      keeper.objects.expect(made, outcome)
      imports?.expect(made, outcome)
    }
    return run
  } catch (error) {
    return { outcome: fail(error), cancel: () => {} }
  }
}
