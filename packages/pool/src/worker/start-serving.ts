import { encodeThrown } from '@bridge/core/executor'
import { type HostRequest, type HostRun, hostRun, type Keeper, loadModule } from '@bridge/core/host'
import type { StartData } from '../lane/wire.js'
import { joinCensus } from '../thread/census.js'
import { reportingHeap } from './heap.js'
import { serveLane } from './serve-lane.js'

/** Brings a thread up: its place in the census, its setup, then its lane. Calls that arrive earlier wait for it. */
export function startServing(data: StartData): void {
  joinCensus(data.census)
  const begin = serveLane(data)
  const run = data.heap === undefined ? hostRun : reportingHeap(hostRun, data.heap)
  if (data.setup === undefined) {
    begin(run)
    return
  }
  loadModule(data.setup).then(
    () => begin(run),
    (error: unknown) => {
      const failure = encodeThrown(error)
      begin(() => ({ outcome: { type: 'error', error: failure }, cancel: () => {} }), failure)
    }
  )
}

/** How a thread runs what it is asked to. */
export type RunTask = (request: HostRequest, sharedFlag?: () => boolean, keeper?: Keeper) => HostRun
