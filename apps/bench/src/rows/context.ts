import { type Contestant, freshId, WrongAnswer } from '../harness/contestant.js'
import { workerUrl } from '../libraries/url.js'
import type * as tasks from '../workers/tasks.js'
import { atMost, type Row } from './row.js'

const WARM_UP = 3

/**
 * Microseconds an offloaded call with three variables set, or in a process that never loads @bridge/context: each in
 * a process of its own, since variables that were once used cost every await of the process.
 */
function offloaded(isOn: boolean, width: number): Contestant {
  const name = isOn ? 'bridge pool, three variables' : 'bridge pool, no context'
  return {
    name,
    role: isOn ? 'ours' : 'plain',
    setup: () => undefined,
    async run(n) {
      const { createPool } = await import('@bridge/pool')
      const pool = createPool({ minThreads: 2, maxThreads: 2 })
      const { noop } = pool.import<typeof tasks>(workerUrl('tasks'))
      const calls = async (): Promise<number> => {
        const started = performance.now()
        for (let done = 0; done < n; done += width) {
          const inputs = Array.from({ length: width }, freshId)
          const answers = await Promise.all(inputs.map(input => noop(input)))
          if (inputs.some((input, k) => answers[k] !== input + 1)) {
            throw new WrongAnswer('a call got an answer that is not its own')
          }
        }
        return ((performance.now() - started) * 1000) / n
      }
      const measured = async (): Promise<number> => {
        for (let k = 0; k < WARM_UP; k++) await calls()
        return calls()
      }
      return isOn ? withThreeVariables(measured) : measured()
    },
    teardown: () => undefined
  }
}

async function withThreeVariables<R>(act: () => R): Promise<R> {
  const { tenant, trace, user } = await import('../workers/variables.js')
  return user.run(7, () => tenant.run('acme', () => trace.run({ id: 'a1', sampled: true }, act)))
}

function contextRow(id: string, title: string, width: number, goals: Row['goals']): Row {
  return {
    id,
    title,
    unit: 'µs',
    placement: 'unpinned',
    how: 'processes',
    calls: 1280,
    goals,
    contestants: () => [offloaded(true, width), offloaded(false, width)]
  }
}

export const contextRows: readonly Row[] = [
  contextRow('context', 'context on (three variables) against off, one at a time', 1, [
    atMost(1.1, 'bridge pool, no context')
  ]),
  contextRow('context-64', 'the same, 64 at once', 64, [])
]
