import { type Contestant, freshId, WrongAnswer } from '../harness/contestant.js'
import { workerPath, workerUrl } from '../libraries/url.js'
import type * as contextTasks from '../workers/context-tasks.js'

const WIDTH = 64
const TIMEOUT = 30_000

interface Bounded {
  call(input: number, signal: AbortSignal): Promise<number>
  close(): Promise<void>
}

/** Each call with a context and a deadline of its own; a signal for each batch, as a request has one for all. */
export const boundedBridge: Contestant = contestant('bridge pool', 'ours', async () => {
  const { createPool } = await import('@bridge/pool')
  const { user } = await import('../workers/variables.js')
  const pool = createPool({ minThreads: 2, maxThreads: 2 })
  const tasks = pool.import<typeof contextTasks>(workerUrl('context-tasks'))
  return {
    // The input travels as the context, so that one that did not arrive is a wrong answer.
    call: (input, signal) =>
      user.run(input, () => tasks.noopForUser(1).with({ timeout: TIMEOUT, signal }).then()),
    close: () => pool.close()
  }
})

/** piscina with what it has of this: a signal. */
export const signalledPiscina: Contestant = contestant('piscina, with a signal', 'peer', async () => {
  const { FixedQueue, Piscina } = await import('piscina')
  const pool = new Piscina({
    filename: workerPath('tasks'),
    name: 'noop',
    minThreads: 2,
    maxThreads: 2,
    taskQueue: new FixedQueue()
  })
  return { call: (input, signal) => pool.run(input, { signal }), close: () => pool.destroy() }
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
      const { call } = opened
      const inputs = Array.from({ length: n }, freshId)
      const answers: number[] = []
      const started = performance.now()
      for (let first = 0; first < n; first += WIDTH) {
        const { signal } = new AbortController()
        answers.push(
          ...(await Promise.all(inputs.slice(first, first + WIDTH).map(input => call(input, signal))))
        )
      }
      const figure = ((performance.now() - started) * 1000) / n
      for (const [index, input] of inputs.entries()) {
        if (answers[index] !== input + 1)
          throw new WrongAnswer(`call ${index + 1} of ${n} got a wrong answer`)
      }
      return figure
    },
    teardown: () => opened?.close()
  }
}
