import { encodeThrown } from '@bridge/core/executor'
import {
  belowLoading,
  type HostRequest,
  type HostRun,
  hostRun,
  type Keeper,
  loadModule
} from '@bridge/core/host'
import { expectThreadEnd } from '@bridge/core/internal'
import { GONE, type StartData } from '../lane/wire.js'
import { joinCensus } from '../thread/census.js'
import { reportingHeap } from './heap.js'
import { leave, teardownOf } from './leave.js'
import { serveLane } from './serve-lane.js'
import { setThreadNumber } from './thread-number.js'

/** Brings a thread up: its place in the census, its setup, then its lane. Calls that arrive earlier wait for it. */
export function startServing(data: StartData): void {
  const { setup } = data
  joinCensus(data.census)
  setThreadNumber(data.number)
  expectThreadEnd()
  const begin = serveLane(data)
  // What the other has of its own is this one's when that has gone.
  if (data.after !== undefined) Atomics.wait(data.after, GONE, 0, data.killGrace)
  const run = data.heap === undefined ? hostRun : reportingHeap(hostRun, data.heap)
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

/** How a thread runs what it is asked to. */
export type RunTask = (request: HostRequest, sharedFlag?: () => boolean, keeper?: Keeper) => HostRun
