import { bareCall, bareLibrary, bareRows, bareStreamer } from '../cluster/bare.js'
import { ourLibrary, ourStreamer, runCluster } from '../cluster/ours.js'
import { type EngineName, isInstalled, programs } from '../cluster/servers.js'
import { type Contestant, freshId, WrongAnswer } from '../harness/contestant.js'
import { Stopwatch } from '../harness/stopwatch.js'
import { contestant, inFlight } from '../harness/work.js'
import { workerUrl } from '../libraries/url.js'
import type * as sleeping from '../workers/sleep.js'
import { type AbsentRow, atMost, type Row } from './row.js'
import { streaming } from './stream-contestants.js'
import { noop } from './works.js'

/** A share of the engine's own throughput, as a ratio of times. */
const PART = 1 / 0.7

/** How long a task sleeps, in milliseconds, and how many are in flight. */
const SLEEP = 200
const TASKS = 16

const REMARK = 'processes over a server on this machine; the CPU time is that of the caller alone'

/** Calls and rows over an engine, compared with its own client. */
function rowsOf(engine: EngineName): readonly Row[] {
  const calls = [ourLibrary(engine), bareLibrary(engine), bareLibrary(engine, 'thread')]
  const common = { placement: 'unpinned', how: 'rounds', note: REMARK } as const
  return [
    {
      ...common,
      id: `cluster-${engine}-one`,
      title: `${engine}: a no-op in another process, one at a time`,
      unit: 'µs',
      calls: 100,
      warmCalls: engine === 'nats' ? 20_000 : 8000,
      goals: [atMost(1.5, bareCall[engine])],
      contestants: () => calls.map(library => contestant(library, noop, inFlight(1)))
    },
    {
      ...common,
      id: `cluster-${engine}-64`,
      title: `${engine}: a no-op in another process, 64 at once`,
      unit: 'µs',
      calls: 640,
      warmCalls: 4000,
      goals: [atMost(PART, bareCall[engine])],
      contestants: () => calls.map(library => contestant(library, noop, inFlight(64)))
    },
    {
      ...common,
      id: `cluster-${engine}-rows`,
      title: `${engine}: a stream of rows from another process, an item`,
      unit: 'ns',
      calls: 50_000,
      warmCalls: 200_000,
      goals: [atMost(PART, bareRows[engine])],
      contestants: () =>
        [ourStreamer(engine), bareStreamer(engine)].map(streamer =>
          streaming('objects', 'for await', streamer)
        )
    },
    ...([2, 4] as const).map(
      (workers): Row => ({
        ...common,
        id: `cluster-${engine}-workers-${workers}`,
        title: `${engine}: ${TASKS} tasks that sleep ${SLEEP} ms, ${workers} workers beside one`,
        unit: 'ms',
        calls: TASKS,
        warmCalls: 1,
        goals: [atMost(1 / (workers === 2 ? 1.9 : 3.7), '1 worker')],
        contestants: () => [sleepers(engine, workers, 'ours'), sleepers(engine, 1, 'plain')]
      })
    )
  ]
}

/** Tasks that sleep on several workers of one thread each: milliseconds for each task, with all of them in flight. */
function sleepers(engine: EngineName, workers: number, role: 'ours' | 'plain'): Contestant {
  let running: Awaited<ReturnType<typeof runCluster>> | undefined
  const play = async (milliseconds: number, n: number) => {
    if (running === undefined) throw new Error('the workers are not set up')
    const { sleep } = running.cluster.import<typeof sleeping>(workerUrl('sleep'))
    const ids = Array.from({ length: n }, () => freshId())
    const watch = new Stopwatch()
    const answers = await Promise.all(ids.map(id => sleep(milliseconds, id)))
    const timed = watch.perCall(n, 'ms')
    if (answers.some((answer, index) => answer !== (ids[index] as number) + 1)) {
      throw new WrongAnswer('a task got an answer that is not its own')
    }
    return timed
  }
  return {
    name: workers === 1 ? '1 worker' : `${workers} workers`,
    role,
    async setup() {
      running = await runCluster(engine, workers, 1, 'sleep')
    },
    run: n => play(SLEEP, n),
    warm: () => play(20, TASKS),
    teardown: () => running?.close()
  }
}

function absentRow(engine: EngineName): AbsentRow {
  return {
    id: `cluster-${engine}`,
    title: `calls in other processes over ${engine}`,
    goal: 'near what the engine itself does',
    absent: `${programs[engine]} is not installed`
  }
}

/** The rows of each engine whose server is installed. */
export const clusterRows: readonly (Row | AbsentRow)[] = (['nats', 'bullmq'] as const).flatMap(
  (engine): readonly (Row | AbsentRow)[] => (isInstalled(engine) ? rowsOf(engine) : [absentRow(engine)])
)
