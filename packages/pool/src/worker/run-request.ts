import type { HostRequest, HostRun, Outcome } from '@bridge/core/host'
import { cancelledWord, type References, type ThreadData } from '../lane/wire.js'
import { requestOf, runLater, type TaskOfFunction } from './request.js'
import type { RunTask } from './start-serving.js'
import type { ThreadKeeper } from './thread-keeper.js'

/** A call as it has arrived. */
export interface ArrivedCall {
  readonly id: number
  readonly task: TaskOfFunction
  readonly args: readonly unknown[]
  readonly deadline: number | undefined
  readonly context: HostRequest['context']
  readonly references: References
}

/** Runs a call, with what its references mean on this thread where they stand; it never throws. */
export function runRequest(
  { id, task, args, deadline, context, references }: ArrivedCall,
  control: ThreadData['control'],
  keeper: ThreadKeeper,
  runTask: RunTask
): HostRun {
  const isCancelled = (): boolean => Atomics.load(control, cancelledWord(id)) === id
  const start = (live: unknown): HostRun =>
    keeper.caller.inCall(id, () =>
      runTask(requestOf(task, live as unknown[], deadline, context), isCancelled)
    )
  if (references === undefined) return start(args)
  // What is called of a new object may arrive before what its constructor needs.
  const made = task.operation === 'new' ? (args[0] as number) : undefined
  const fail = (error: unknown): Outcome => {
    if (made !== undefined) keeper.objects.fail(made, error)
    return { type: 'error', error: keeper.encodeThrown(error) }
  }
  try {
    const received = keeper.receive(task.name, args, references)
    if (!(received instanceof Promise)) return start(received)
    const run = runLater(received, start, fail)
    if (made !== undefined) keeper.objects.expect(made, Promise.resolve(run.outcome))
    return run
  } catch (error) {
    return { outcome: fail(error), cancel: () => {} }
  }
}
