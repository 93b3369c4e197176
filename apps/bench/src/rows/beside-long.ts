import { type Contestant, freshId, WrongAnswer } from '../harness/contestant.js'
import { Stopwatch } from '../harness/stopwatch.js'
import type { Library, Opened } from '../harness/work.js'
import { bridgePool, comlink, deepPiscina, piscina } from '../libraries/awaited.js'
import { atMost, type Row } from './row.js'

type Busy = (input: { id: number; ms: number }) => Promise<unknown>

const LONG = 300
const SHORT = 1
const MANY = 40
/** One thread is busy with the long call, so the other thread cannot end the short ones sooner than this. */
const IDEAL = 'one thread, nothing between'

/** Milliseconds until the last of many short calls, made right after a long one, has its result. */
function besideLong(library: Library<Promise<unknown>>): Contestant {
  let opened: Opened<Promise<unknown>> | undefined
  const busy = async (ms: number): Promise<void> => {
    const id = freshId()
    const answer = await ((opened as Opened<Promise<unknown>>).call as Busy)({ id, ms })
    if (answer !== id + 1) throw new WrongAnswer('a call got an answer that is not its own')
  }
  return {
    name: library.name,
    role: library.role,
    async setup() {
      opened = await library.open('busy')
      await Promise.all([busy(20), busy(20)])
    },
    async run(n) {
      let spent = 0
      const watch = new Stopwatch()
      for (let made = 0; made < n; made++) {
        const long = busy(LONG)
        const started = performance.now()
        await Promise.all(Array.from({ length: MANY }, () => busy(SHORT)))
        spent += performance.now() - started
        await long
      }
      return watch.perCall(n, 'ms', spent)
    },
    teardown: () => opened?.close()
  }
}

/** The same work in the best case: in place, one short call after the other. */
const ideal: Contestant = {
  name: IDEAL,
  role: 'limit',
  setup: () => undefined,
  async run(n) {
    const { busy } = await import('../workers/tasks.js')
    const watch = new Stopwatch()
    for (let made = 0; made < n * MANY; made++) busy({ id: made, ms: SHORT })
    return watch.perCall(n, 'ms')
  },
  teardown: () => undefined
}

export const besideLongRow: Row = {
  id: 'beside-long',
  title: '40 calls of 1 ms beside one of 300 ms, two threads: until the last of them',
  unit: 'ms',
  placement: 'unpinned',
  how: 'rounds',
  calls: 1,
  warmCalls: 1,
  goals: [atMost(1.15, IDEAL)],
  note: 'the CPU time is that of the long call too, but for the ideal one',
  contestants: () => [...[bridgePool, piscina('sync'), deepPiscina, comlink].map(besideLong), ideal]
}
