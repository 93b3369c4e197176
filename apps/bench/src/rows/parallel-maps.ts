import { type Contestant, freshId, WrongAnswer } from '../harness/contestant.js'
import { Stopwatch } from '../harness/stopwatch.js'
import { workerUrl } from '../libraries/url.js'
import type * as tasks from '../workers/tasks.js'
import type { Row } from './row.js'

/** The number of inputs of one map, as in the measurement of the Python original. */
const WIDTH = 100

/** A blocking parallelMap over a pool's threads; the cost of each call. */
function mapping(): Contestant {
  let mapAll: (inputs: readonly number[]) => number[] = () => []
  let close = async (): Promise<void> => undefined
  return {
    name: 'bridge pool',
    role: 'ours',
    async setup() {
      const { parallelMap } = await import('@bridge/core')
      const { createPool } = await import('@bridge/pool')
      const pool = createPool({ minThreads: 2, maxThreads: 2 })
      const { noop } = pool.import<typeof tasks>(workerUrl('tasks'))
      mapAll = inputs => parallelMap(inputs, input => noop(input)).runSync()
      close = () => pool.close()
    },
    run(n) {
      const inputs = Array.from({ length: n }, freshId)
      const answers: number[] = []
      const watch = new Stopwatch()
      for (let first = 0; first < n; first += WIDTH)
        answers.push(...mapAll(inputs.slice(first, first + WIDTH)))
      const timed = watch.perCall(n, 'µs')
      if (inputs.some((input, k) => answers[k] !== input + 1)) {
        throw new WrongAnswer('a call got an answer that is not its own')
      }
      return timed
    },
    teardown: () => close()
  }
}

export const parallelMapRow: Row = {
  id: 'parallel-map',
  title: 'a blocking parallelMap of 100 numbers, a call',
  unit: 'µs',
  placement: 'unpinned',
  how: 'rounds',
  calls: 400,
  goals: [],
  note: 'it is judged beside the Python bridges, below',
  contestants: () => [mapping()]
}
