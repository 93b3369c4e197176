import { encodeThrown } from '@bridge/core/executor'
import {
  belowLoading,
  type HostTask,
  loadModule,
  type ObjectStore,
  runTask,
  type TaskRun
} from '@bridge/core/host'
import { expectThreadEnd } from '@bridge/core/internal'
import { GONE, type StartData } from '../connection/wire.js'
import { joinThreadCount } from '../thread/thread-count.js'
import { reportingHeap } from './heap.js'
import { leave, teardownOf } from './leave.js'
import { serveConnection } from './serve-connection.js'
import { setThreadNumber } from './thread-number.js'

/**
 * Starts a thread: joins the thread count, runs its setup, then serves its connection. Calls that arrive earlier wait
 * for it.
 */
export function startServing(data: StartData): void {
  const { setup } = data
  joinThreadCount(data.threadCount)
  setThreadNumber(data.number)
  expectThreadEnd()
  const begin = serveConnection(data)
  // Resources of the previous thread with this number are free when that has ended.
  if (data.after !== undefined) Atomics.wait(data.after, GONE, 0, data.killGrace)
  const run = data.heap === undefined ? runTask : reportingHeap(runTask, data.heap)
  if (setup === undefined) {
    begin(run, () => void leave(undefined, undefined))
    return
  }
  loadSetup(setup, data.loading).then(
    module => begin(run, () => void leave(setup, teardownOf(module))),
    (error: unknown) => {
      const failure = encodeThrown(error)
      begin(
        () => ({ outcome: { type: 'error', error: failure }, cancel: () => {} }),
        () => void leave(undefined, undefined),
        failure
      )
    }
  )
}

async function loadSetup(setup: string, loading: StartData['loading']): Promise<object> {
  return belowLoading('setup', setup, loading, () => loadModule(setup))
}

/** Runs a task on the thread. */
export type RunTask = (task: HostTask, sharedFlag?: () => boolean, store?: ObjectStore) => TaskRun
