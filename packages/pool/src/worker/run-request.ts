import { adopt } from '@bridge/core/executor'
import type { HostRun, Outcome } from '@bridge/core/host'
import { cancelledWord, type ThreadData } from '../lane/wire.js'
import { type ArrivedCall, requestOf, runLater } from './request.js'
import type { RunTask } from './start-serving.js'
import type { ThreadKeeper } from './thread-keeper.js'

/** Runs a call, with what its references mean on this thread where they stand; it never throws. */
export function runRequest(
  call: ArrivedCall,
  control: ThreadData['control'],
  keeper: ThreadKeeper,
  runTask: RunTask
): HostRun {
  const { id, task, args, references } = call
  const isCancelled = (): boolean => Atomics.load(control, cancelledWord(id)) === id
  const start = (live: unknown): HostRun =>
    keeper.caller.inCall(id, () => runTask(requestOf(call, live as unknown[]), isCancelled))
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
    if (made !== undefined) keeper.objects.expect(made, adopt(run.outcome))
    return run
  } catch (error) {
    return { outcome: fail(error), cancel: () => {} }
  }
}
