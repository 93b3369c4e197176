import { Worker } from 'node:worker_threads'
import { type Contestant, freshId, WrongAnswer } from '../harness/contestant.js'
import { Stopwatch, type Timed } from '../harness/stopwatch.js'
import { workerUrl } from '../libraries/url.js'
import { bridgeStream } from './stream-contestants.js'

/*
 * The cost of opening a stream, compared with one message and its answer.
 */

const ITEMS = 10

/** Milliseconds that both threads are idle before the timed part. */
const IDLE = 5

type Open = (from: number, count: number) => AsyncIterable<number>

/** The contestant of bridge, with its turn. */
function ours(run: (n: number, open: Open) => Promise<Timed>, warm = run): Contestant {
  const streamer = bridgeStream('numbers')
  const open: Open = (from, count) => streamer.open(from, count) as AsyncIterable<number>
  return {
    name: streamer.name,
    role: streamer.role,
    setup: () => streamer.setup?.(),
    run: n => run(n, open),
    warm: n => warm(n, open),
    teardown: () => streamer.teardown?.()
  }
}

/** Microseconds for each stream with `n` open at once, ten items each. */
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

/** Microseconds until the first item of a stream, with both threads idle before. */
export function firstItems(): Contestant {
  const first = async (from: number, open: Open): Promise<Act> => {
    const items = open(from, ITEMS)[Symbol.asyncIterator]()
    const { value } = await items.next()
    return { isRight: value === from, end: () => items.return?.() }
  }
  return ours(
    (n, open) => afterIdleness(n, IDLE, from => first(from, open)),
    // The warm-up has no idle time, with which it would take a minute.
    (n, open) => afterIdleness(n, 0, from => first(from, open))
  )
}

/** Microseconds for a message and its answer, each after idle time or in sequence. */
export function roundTrips(isIdle: boolean): Contestant {
  let worker: Worker | undefined
  const trip = (input: number): Promise<unknown> =>
    new Promise(resolve => {
      worker?.once('message', ([, answer]: [number, unknown]) => resolve(answer))
      worker?.postMessage([0, 'noop', input])
    })
  const answered = async (id: number): Promise<Act> => ({
    isRight: (await trip(id)) === id + 1,
    end: () => undefined
  })
  return {
    name: 'one message there and one back',
    role: 'limit',
    ...(isIdle ? {} : { atMost: 200 }),
    setup() {
      worker = new Worker(workerUrl('raw'))
    },
    ...(isIdle ? { warm: (n: number) => afterIdleness(n, 0, answered) } : {}),
    async run(n) {
      if (isIdle) return afterIdleness(n, IDLE, answered)
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

interface Act {
  readonly isRight: boolean
  end(): unknown
}

/** The time of each act after `idle` milliseconds; ending it counts only as CPU time. */
async function afterIdleness(n: number, idle: number, act: (from: number) => Promise<Act>): Promise<Timed> {
  let spent = 0
  const watch = new Stopwatch()
  for (let k = 0; k < n; k++) {
    if (idle > 0) await new Promise(resolve => setTimeout(resolve, idle))
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
