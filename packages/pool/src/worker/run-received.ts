import type { Outcome, TaskRun } from '@bridge/core/host'
import { adopt, namesClasses } from '@bridge/core/internal'
import type { CancelledCalls } from '../connection/cancelled.js'
import type { Imports } from './imports.js'
import { hostTaskOf, type ReceivedTask, runLater } from './received-task.js'
import type { RunTask } from './start-serving.js'
import type { ThreadObjectStore } from './thread-object-store.js'

/** Runs a call after its imports, with the references in its arguments replaced; it never throws. */
export function runReceived(
  call: ReceivedTask,
  cancelled: CancelledCalls,
  store: ThreadObjectStore,
  runTask: RunTask,
  imports: Imports | undefined
): TaskRun {
  const { id, called, args, references } = call
  const isCancelled = (): boolean => cancelled.has(id)
  const start = (live: unknown, isIsolated: boolean): TaskRun =>
    store.caller.inCall(id, () => runTask(hostTaskOf(call, live as unknown[], isIsolated), isCancelled))
  // Calls on a new object may arrive before its constructor's imports are loaded.
  const made = called.operation === 'new' ? (args[0] as number) : undefined
  const fail = (error: unknown): Outcome => {
    if (made !== undefined) store.objects.fail(made, error)
    return { type: 'error', error: store.encodeThrown(error) }
  }
  try {
    let received: unknown = args
    let imported: Promise<unknown> | undefined
    if (references !== undefined && namesClasses(references)) {
      // The imported modules may register the classes.
      imported = imports?.before(call)
      received = store.receive(called.name, args, references, imported)
    } else {
      if (references !== undefined) received = store.receive(called.name, args, references)
      imported = imports?.before(call)
    }
    // Directly in the thread's root context (serve-connection.ts), which a later microtask is not.
    if (!(received instanceof Promise) && imported === undefined) return start(received, true)
    const needed = Promise.all([received, imported]).then(([live]) => live)
    const run = runLater(needed, live => start(live, false), fail, isCancelled)
    if (made !== undefined) {
      const outcome = adopt(run.outcome)
      store.objects.expect(made, outcome)
      imports?.expect(made, outcome)
    }
    return run
  } catch (error) {
    return { outcome: fail(error), cancel: () => {} }
  }
}
