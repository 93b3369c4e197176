import { Worker } from 'node:worker_threads'
import { type Contestant, freshId, WrongAnswer } from '../harness/contestant.js'
import { Stopwatch, type Timed } from '../harness/stopwatch.js'
import { workerUrl } from '../libraries/url.js'
import { bridgeStream } from './stream-contestants.js'

/*
 * What it costs to open a stream, beside what one message there and one back cost.
 */

const ITEMS = 10

/** Milliseconds that both threads are idle before what is timed. */
const IDLE = 5

type Open = (from: number, count: number) => AsyncIterable<number>

/** Ours, with what it does in a turn. */
function ours(run: (n: number, open: Open) => Promise<Timed>): Contestant {
  const streamer = bridgeStream('numbers')
  return {
    name: streamer.name,
    role: streamer.role,
    setup: () => streamer.setup?.(),
    run: n => run(n, (from, count) => streamer.open(from, count) as AsyncIterable<number>),
    teardown: () => streamer.teardown?.()
  }
}

/** Microseconds a stream when so many are open at once, ten items each. */
export function openStreams(): Contestant {
  return ours((n, open) => consumeAll(n, from => open(from, ITEMS)))
}

export function localStreams(): Contestant {
  return {
    name: 'async function* in place',
    role: 'plain',
    setup: () => undefined,
    run: n =>
      consumeAll(n, async function* (from) {
        for (let item = from; item < from + ITEMS; item++) yield item
      }),
    teardown: () => undefined
  }
}

/** Microseconds until a stream has given its first item, both threads idle before. */
export function firstItems(): Contestant {
  return ours((n, open) =>
    afterIdleness(n, async from => {
      const items = open(from, ITEMS)[Symbol.asyncIterator]()
      const { value } = await items.next()
      return { isRight: value === from, end: () => items.return?.() }
    })
  )
}

/** Microseconds a message there and one back, each after idleness or one after the other. */
export function roundTrips(isIdle: boolean): Contestant {
  let worker: Worker | undefined
  const trip = (input: number): Promise<unknown> =>
    new Promise(resolve => {
      worker?.once('message', ([, answer]: [number, unknown]) => resolve(answer))
      worker?.postMessage([0, 'noop', input])
    })
  return {
    name: 'one message there and one back',
    role: 'limit',
    ...(isIdle ? {} : { atMost: 200 }),
    setup() {
      worker = new Worker(workerUrl('raw'))
    },
    async run(n) {
      if (isIdle) {
        return afterIdleness(n, async id => ({ isRight: (await trip(id)) === id + 1, end: () => undefined }))
      }
      const ids = Array.from({ length: n }, freshId)
      const answers: unknown[] = []
      const watch = new Stopwatch()
      for (const id of ids) answers.push(await trip(id))
      const timed = watch.perCall(n, 'µs')
      if (ids.some((id, k) => answers[k] !== id + 1)) throw new WrongAnswer('a message was answered wrongly')
      return timed
    },
    async teardown() {
      await worker?.terminate()
    }
  }
}

/** How long each act takes that begins in idleness; what ends it counts only as CPU time. */
async function afterIdleness(
  n: number,
  act: (from: number) => Promise<{ isRight: boolean; end(): unknown }>
): Promise<Timed> {
  let spent = 0
  const watch = new Stopwatch()
  for (let k = 0; k < n; k++) {
    await new Promise(resolve => setTimeout(resolve, IDLE))
    const from = freshId() * ITEMS
    const started = performance.now()
    const { isRight, end } = await act(from)
    spent += performance.now() - started
    if (!isRight) throw new WrongAnswer('the first answer was wrong')
    await end()
  }
  return watch.perCall(n, 'µs', spent)
}

async function consumeAll(n: number, open: (from: number) => AsyncIterable<number>): Promise<Timed> {
  const watch = new Stopwatch()
  await Promise.all(
    Array.from({ length: n }, async () => {
      const from = freshId() * ITEMS
      let next = from
      for await (const item of open(from))
        if (item !== next++) throw new WrongAnswer(`${item} is not its turn`)
      if (next !== from + ITEMS) throw new WrongAnswer(`${next - from} items arrived, not ${ITEMS}`)
    })
  )
  return watch.perCall(n, 'µs')
}
