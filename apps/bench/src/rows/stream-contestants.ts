import { type Contestant, freshId, type Role, WrongAnswer } from '../harness/contestant.js'
import { Stopwatch } from '../harness/stopwatch.js'
import { workerUrl } from '../libraries/url.js'
import * as local from '../workers/streams.js'
import { type Run, threeVariables } from './contexts.js'

/** The kind of loop of a row. */
type Loop = 'for' | 'for await'

/** Opens a stream of `count` items from `from` on. */
export interface Streamer {
  readonly name: string
  readonly role: Role
  readonly atMost?: number
  setup?(): void | Promise<void>
  open(from: number, count: number): AsyncIterable<unknown> | Iterable<unknown>
  teardown?(): void | Promise<void>
}

/** Nanoseconds for each item: every item is checked as it arrives, in the same way for all contestants. */
export function streaming(kind: local.Kind, loop: Loop, streamer: Streamer): Contestant {
  const isRight = {
    numbers: (given: unknown, id: number) => given === id,
    fractions: (given: unknown, id: number) => given === id + 0.5,
    objects: (given: unknown, id: number) =>
      (given as local.Item).id === id && (given as local.Item).even === (id % 2 === 0)
  }[kind]
  return {
    name: streamer.name,
    role: streamer.role,
    atMost: streamer.atMost,
    setup: () => streamer.setup?.(),
    async run(n) {
      // Far apart, so that no two streams of a process share an item.
      const from = freshId() * 1_000_000
      let next = from
      let wrong = 0
      const watch = new Stopwatch()
      const items = streamer.open(from, n)
      // According to the row and not to the stream, because a stream of bridge can be iterated in both ways.
      if (loop === 'for') for (const given of items as Iterable<unknown>) isRight(given, next++) || wrong++
      else for await (const given of items) isRight(given, next++) || wrong++
      const timed = watch.perCall(n, 'ns')
      if (wrong > 0) throw new WrongAnswer(`${wrong} of ${n} items were wrong`)
      if (next !== from + n) throw new WrongAnswer(`${next - from} items arrived, not ${n}`)
      return timed
    },
    teardown: () => streamer.teardown?.()
  }
}

export function bridgeStream(kind: local.Kind): Streamer {
  let open: Streamer['open'] = () => []
  let close: () => Promise<void> = async () => undefined
  return {
    name: 'bridge pool',
    role: 'ours',
    async setup() {
      const { createPool } = await import('@bridge/pool')
      const pool = createPool({ maxThreads: 1 })
      const tasks = pool.import<typeof local>(workerUrl('streams'))
      open = (from, count) => tasks[kind](from, count)
      close = () => pool.close()
    },
    open: (from, count) => open(from, count),
    teardown: () => close()
  }
}

/** The same with three variables set, or in a process that never loads @bridge/context. */
export function inContext(isOn: boolean): Contestant {
  const streamer = bridgeStream('numbers')
  const plain = streaming('numbers', 'for await', streamer)
  let within: Run = act => act()
  return {
    ...plain,
    name: isOn ? 'bridge pool, three variables' : 'bridge pool, no context',
    role: isOn ? 'ours' : 'plain',
    async setup() {
      await streamer.setup?.()
      if (isOn) within = await threeVariables()
    },
    run: n => within(() => plain.run(n))
  }
}

export const bridgeBlockingStream: Streamer = (() => {
  let open: Streamer['open'] = () => []
  let close: () => Promise<void> = async () => undefined
  return {
    name: 'bridge pool',
    role: 'ours' as const,
    async setup() {
      const { createPool } = await import('@bridge/pool')
      const pool = createPool({ maxThreads: 1 })
      const tasks = pool.importSync<typeof local>(workerUrl('streams'))
      open = (from: number, count: number) => tasks.numbersAsync(from, count)
      close = () => pool.close()
    },
    open: (from: number, count: number) => open(from, count),
    teardown: () => close()
  }
})()

/** The minimum of `for await`: an iterator that has its items, without a thread. */
export function withoutThread(kind: local.Kind): Streamer {
  return {
    name: 'the iterator without a thread',
    role: 'limit',
    open(from, count) {
      let n = from
      const ends = from + count
      const item = local.itemOf[kind]
      const next = (): Promise<IteratorResult<unknown, undefined>> =>
        Promise.resolve(n < ends ? { done: false, value: item(n++) } : { done: true, value: undefined })
      return { [Symbol.asyncIterator]: () => ({ next }) }
    }
  }
}

/** Node's own async generator in place. */
export function inProcess(kind: local.Kind): Streamer {
  return {
    name: 'async function* in place',
    role: 'plain',
    async *open(from, count) {
      const item = local.itemOf[kind]
      for (let n = from; n < from + count; n++) yield item(n)
    }
  }
}

/** One blocking call for each item: the only way to a blocking stream with synckit. */
export const synckitPerItem: Streamer = (() => {
  let call: (n: number) => unknown = () => undefined
  return {
    name: 'synckit, a call an item',
    role: 'peer' as const,
    atMost: 200,
    async setup() {
      const { synckit } = await import('../libraries/blocking.js')
      call = (await synckit.open('noop')).call as typeof call
    },
    *open(from: number, count: number) {
      for (let n = from; n < from + count; n++) yield call(n - 1)
    }
  }
})()
