import { type Contestant, freshId, WrongAnswer } from '../harness/contestant.js'
import type { Library, Opened } from '../harness/work.js'

type Pulse = (n: number) => [answer: number, ticks: number]

const nap = new Int32Array(new SharedArrayBuffer(4))

/**
 * How live a worker's event loop stays: measures the timer ticks in `n` idle milliseconds, and in `n` milliseconds of
 * consecutive blocking calls.
 */
export function ticksUnderHammering(library: Library<unknown>): Contestant {
  let opened: Opened<unknown> | undefined
  let call: Pulse = () => [0, 0]
  const pulse = (): number => {
    const id = freshId()
    const [answer, ticks] = call(id)
    if (answer !== id + 1) throw new WrongAnswer('a call got an answer that is not its own')
    return ticks
  }
  return {
    name: library.name,
    role: library.role,
    async setup() {
      opened = await library.open('pulse')
      call = opened.call as Pulse
      pulse()
    },
    run(n) {
      const idleFrom = pulse()
      Atomics.wait(nap, 0, 0, n)
      const idle = pulse() - idleFrom
      const hammeredFrom = pulse()
      for (const ends = performance.now() + n; performance.now() < ends; ) pulse()
      const hammered = pulse() - hammeredFrom
      return (100 * hammered) / Math.max(1, idle)
    },
    teardown: () => opened?.close()
  }
}
