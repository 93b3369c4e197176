import { type Contestant, freshId, WrongAnswer } from '../harness/contestant.js'
import { Stopwatch } from '../harness/stopwatch.js'
import { workerPath, workerUrl } from '../libraries/url.js'
import type * as contextTasks from '../workers/context-tasks.js'

const WIDTH = 64
const TIMEOUT = 30_000

interface Bounded {
  /** Makes the calls of one request, all at once. */
  request(inputs: readonly number[], signal: AbortSignal): Promise<number[]>
  close(): Promise<void>
}

/** Three variables and a signal for each batch, like a request for all its calls; a deadline for each call. */
export const boundedBridge: Contestant = contestant('bridge pool', 'ours', async () => {
  const { createPool } = await import('@bridge/pool')
  const { tenant, trace, user } = await import('../workers/variables.js')
  const pool = createPool({ minThreads: 2, maxThreads: 2 })
  const tasks = pool.import<typeof contextTasks>(workerUrl('context-tasks'))
  return {
    request(inputs, signal) {
      // A part of the result travels as context, so that a missing context is a wrong result.
      const id = freshId()
      const callAll = (): Promise<number[]> =>
        Promise.all(inputs.map(input => tasks.noopForUser(input + 1 - id).with({ timeout: TIMEOUT, signal })))
      return user.run(id, () =>
        tenant.run('acme', () => trace.run({ id: `request ${id}`, sampled: true }, callAll))
      )
    },
    close: () => pool.close()
  }
})

/** piscina with a signal, the only one of these that it has. */
export const signalledPiscina: Contestant = contestant('piscina, with a signal', 'peer', async () => {
  const { FixedQueue, Piscina } = await import('piscina')
  const pool = new Piscina({
    filename: workerPath('tasks'),
    name: 'noop',
    minThreads: 2,
    maxThreads: 2,
    taskQueue: new FixedQueue()
  })
  return {
    request: (inputs, signal) => Promise.all(inputs.map(input => pool.run(input, { signal }))),
    close: () => pool.destroy()
  }
})

function contestant(name: string, role: Contestant['role'], open: () => Promise<Bounded>): Contestant {
  let opened: Bounded | undefined
  return {
    name,
    role,
    async setup() {
      opened = await open()
    },
    async run(n) {
      if (opened === undefined) throw new Error(`${name} is not set up`)
      const inputs = Array.from({ length: n }, freshId)
      const answers: number[] = []
      const watch = new Stopwatch()
      for (let first = 0; first < n; first += WIDTH) {
        const { signal } = new AbortController()
        answers.push(...(await opened.request(inputs.slice(first, first + WIDTH), signal)))
      }
      const timed = watch.perCall(n, 'µs')
      for (const [index, input] of inputs.entries()) {
        if (answers[index] !== input + 1)
          throw new WrongAnswer(`call ${index + 1} of ${n} got a wrong answer`)
      }
      return timed
    },
    teardown: () => opened?.close()
  }
}
