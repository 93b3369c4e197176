import { type Contestant, freshId, WrongAnswer } from '../harness/contestant.js'
import { Stopwatch } from '../harness/stopwatch.js'
import { workerUrl } from '../libraries/url.js'
import type * as tasks from '../workers/tasks.js'
import { inEachPlacement, type RowAnywhere } from './placements.js'
import type { Goal, Row } from './row.js'
import { type Run, threeVariables } from './three-variables.js'

/**
 * Microseconds an offloaded call with three variables set, or in a process that never loads @bridge/context. Each in a
 * process of its own: variables that were once used cost every await of the process, so that in one process calls
 * without them would pay for those with them, and the difference would look smaller than it is.
 */
function offloaded(isOn: boolean, width: number): Contestant {
  let within: Run = act => act()
  let noop: (input: number) => PromiseLike<number> = async () => 0
  let close = async (): Promise<void> => undefined
  return {
    name: isOn ? 'bridge pool, three variables' : 'bridge pool, no context',
    role: isOn ? 'ours' : 'plain',
    async setup() {
      const { createPool } = await import('@bridge/pool')
      const pool = createPool({ minThreads: 2, maxThreads: 2 })
      noop = pool.import<typeof tasks>(workerUrl('tasks')).noop
      close = () => pool.close()
      if (isOn) within = await threeVariables()
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

/** What is unchanged travels as a number: that may cost so many microseconds a call, of all threads. */
const addedCpu: Goal = { kind: 'added cpu', atMost: 0.4, to: 'bridge pool, no context' }

function contextRow(title: string, width: number, goals: Row['goals']): RowAnywhere {
  return {
    title,
    unit: 'µs',
    how: 'processes',
    // Before the turn that counts, or what is not yet compiled would be measured.
    warmUp: 'rounds',
    calls: 1280,
    goals,
    contestants: () => [offloaded(true, width), offloaded(false, width)]
  }
}

export const contextRows: readonly Row[] = [
  ...inEachPlacement(
    'context',
    contextRow('context on (three variables) against off, one at a time', 1, [addedCpu])
  ),
  {
    ...contextRow('context on (three variables) against off, 64 at once', 64, [addedCpu]),
    id: 'context-64',
    placement: 'unpinned'
  }
]
