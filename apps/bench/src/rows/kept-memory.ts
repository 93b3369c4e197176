import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Contestant, freshId, WrongAnswer } from '../harness/contestant.js'
import type { Library, Opened } from '../harness/work.js'
import { bridgePoolSync, makeSynchronous, synckit } from '../libraries/blocking.js'
import type { Row } from './row.js'
import { bytesOf } from './works.js'

const work = bytesOf(20 * 1024)

/** The noise of a measurement of memory. */
const NOTHING = 1

let collect: (() => void) | undefined

function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc')
    // Only a context that is created after setting the flag has `gc`.
    collect = runInNewContext('gc') as () => void
  }
  collect()
}

const nap = new Int32Array(new SharedArrayBuffer(4))
const SWEEPING = 20

/** Megabytes on the heap and in buffers that are still held. */
function held(): number {
  collectGarbage()
  // Another thread frees the buffers of collected objects, and the next collection updates the statistics.
  Atomics.wait(nap, 0, 0, SWEEPING)
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 2 ** 20
}

/**
 * Megabytes that are still held after many blocking calls, inside the loop that makes them: no microtask runs in it, so
 * everything that waits for one is kept, however many calls there are.
 */
function keeping(library: Library<unknown>): Contestant {
  let opened: Opened<unknown> | undefined
  const callOnce = (): void => {
    const input = work.input(freshId())
    const answer = (opened as Opened<unknown>).call(input as never)
    if (!work.isRight(input, answer)) throw new WrongAnswer('a call got an answer that is not its own')
  }
  return {
    name: library.name,
    role: library.role,
    async setup() {
      opened = await library.open('echo')
      callOnce()
    },
    run(n) {
      const before = held()
      for (let made = 0; made < n; made++) callOnce()
      return Math.max(0, held() - before)
    },
    teardown: () => opened?.close()
  }
}

export const keptMemoryRow: Row = {
  id: 'block-memory',
  title: 'pool, 4,000 blocking calls of 20 KB in one synchronous loop: memory kept',
  unit: 'MB',
  placement: 'unpinned',
  how: 'processes',
  calls: 4000,
  goals: [{ kind: 'ceiling', atMost: NOTHING, unit: 'MB' }],
  note: 'the goal is nothing: less than a megabyte is what a measurement of memory differs by',
  contestants: () => [bridgePoolSync, synckit, makeSynchronous].map(keeping)
}
