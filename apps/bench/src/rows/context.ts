import { type Contestant, freshId, WrongAnswer } from '../harness/contestant.js'
import { Stopwatch } from '../harness/stopwatch.js'
import { workerUrl } from '../libraries/url.js'
import type * as tasks from '../workers/tasks.js'
import { everyContext, inStorage, type Run, threeVariables } from './contexts.js'
import { inEachPlacement, type RowAnywhere } from './placements.js'
import { atMostCpu, type Goal, type Row } from './row.js'

/** The context around the calls of a contestant, and the module that its threads load first. */
interface Around {
  readonly name: string
  readonly setup?: string
  readonly within?: () => Promise<Run>
}

const OFF: Around = { name: 'bridge pool, no context' }
const STORAGE: Around = {
  name: 'bridge pool, an AsyncLocalStorage in use',
  setup: 'in-use',
  within: inStorage
}
const VARIABLES: Around = { name: 'bridge pool, three variables', setup: 'in-use', within: threeVariables }
const EVERY: Around = {
  name: "bridge pool, OpenTelemetry's, nestjs-cls's and three variables",
  setup: 'every-context',
  within: everyContext
}

/**
 * Microseconds for an offloaded call. Each turn has its own process: up to Node 22, a storage that was once used costs every
 * await of the process, so in one process calls without context would pay for those with it.
 */
function offloaded(around: Around, width: number, role: Contestant['role'] = 'plain'): Contestant {
  let within: Run = act => act()
  let noop: (input: number) => PromiseLike<number> = async () => 0
  let close = async (): Promise<void> => undefined
  return {
    name: around.name,
    role,
    async setup() {
      const { createPool } = await import('@bridge/pool')
      const setup = around.setup === undefined ? undefined : workerUrl(around.setup)
      const pool = createPool({ minThreads: 2, maxThreads: 2, ...(setup && { setup }) })
      noop = pool.import<typeof tasks>(workerUrl('tasks')).noop
      close = () => pool.close()
      if (around.within !== undefined) within = await around.within()
    },
    run: n =>
      within(async () => {
        const watch = new Stopwatch()
        for (let done = 0; done < n; done += width) {
          const inputs = Array.from({ length: width }, freshId)
          const answers = await Promise.all(inputs.map(input => noop(input)))
          if (inputs.some((input, k) => answers[k] !== input + 1)) {
            throw new WrongAnswer('a call got an answer that is not its own')
          }
        }
        return watch.perCall(n, 'µs')
      }),
    teardown: () => close()
  }
}

/** Unchanged context travels as a number, which may cost this many microseconds for each call, of all threads. */
const addedCpu: Goal = { kind: 'added cpu', atMost: 0.4, to: STORAGE.name }

function contextRow(title: string, width: number): RowAnywhere {
  return {
    title,
    unit: 'µs',
    how: 'processes',
    // Before the counted turn, otherwise code that is not yet compiled would be measured.
    warmUp: 'rounds',
    calls: 1280,
    goals: [addedCpu],
    contestants: () => [offloaded(VARIABLES, width, 'ours'), offloaded(STORAGE, width), offloaded(OFF, width)]
  }
}

export const contextRows: readonly Row[] = [
  ...inEachPlacement('context', contextRow('context on (three variables) against off, one at a time', 1)),
  {
    ...contextRow('context on (three variables) against off, 64 at once', 64),
    id: 'context-64',
    placement: 'unpinned'
  },
  {
    ...contextRow("OpenTelemetry's, nestjs-cls's and our context together, 64 at once", 64),
    id: 'context-every',
    placement: 'unpinned',
    goals: [atMostCpu(1.25, STORAGE.name)],
    contestants: () => [offloaded(EVERY, 64, 'ours'), offloaded(STORAGE, 64)]
  }
]
