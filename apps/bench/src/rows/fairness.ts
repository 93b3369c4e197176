import { type Contestant, freshId, WrongAnswer } from '../harness/contestant.js'
import { Stopwatch } from '../harness/stopwatch.js'
import type { Library, Opened } from '../harness/work.js'

type Busy = (input: { id: number; ms: number }) => Promise<unknown>

const LONG = 500
const SHORT = 1

/** Milliseconds for a short call right after a long one. */
export function behindLong(library: Library<Promise<unknown>>): Contestant {
  return shortCalls(library, library.name, true)
}

/** The same on an idle pool. */
export function onIdlePool(library: Library<Promise<unknown>>): Contestant {
  return shortCalls(library, `${library.name}, idle`, false)
}

function shortCalls(library: Library<Promise<unknown>>, name: string, isBehind: boolean): Contestant {
  let opened: Opened<Promise<unknown>> | undefined
  let call: Busy = async () => undefined
  const busy = async (ms: number): Promise<void> => {
    const id = freshId()
    const answer = await call({ id, ms })
    if (answer !== id + 1) throw new WrongAnswer('a call got an answer that is not its own')
  }
  return {
    name,
    role: library.role,
    async setup() {
      opened = await library.open('busy')
      call = opened.call as Busy
      await Promise.all([busy(20), busy(20)])
    },
    async run(n) {
      const long = isBehind ? busy(LONG) : undefined
      const watch = new Stopwatch()
      for (let made = 0; made < n; made++) await busy(SHORT)
      const timed = watch.perCall(n, 'ms')
      await long
      return timed
    },
    teardown: () => opened?.close()
  }
}
