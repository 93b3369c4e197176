import { type Contestant, freshId, type Role, WrongAnswer } from '../harness/contestant.js'
import { Stopwatch } from '../harness/stopwatch.js'
import { atMost, type Row } from './row.js'

type Fn = (n: number) => number | PromiseLike<number>

const addOne = (n: number): number => n + 1
const addOneLater = async (n: number): Promise<number> => n + 1

const settled = Promise.resolve()

/** The minimum of a call: a thenable that starts when it is awaited, and by itself if it is not. */
class LazyThenable {
  #promise: Promise<number> | undefined

  constructor(
    readonly fn: Fn,
    readonly n: number
  ) {
    settled.then(() => this.#start())
  }

  // biome-ignore lint/suspicious/noThenProperty: it is what is measured
  then<A, B>(
    onfulfilled?: ((value: number) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null
  ): Promise<A | B> {
    return this.#start().then(onfulfilled, onrejected)
  }

  #start(): Promise<number> {
    this.#promise ??= Promise.resolve(this.fn(this.n))
    return this.#promise
  }
}

const lazy = (fn: Fn): Contestant =>
  local('a bare lazy thenable', 'limit', async () => n => new LazyThenable(fn, n) as PromiseLike<number>)

const plainAwait = local('plain await asyncFn()', 'plain', async () => addOneLater)

/** Nanoseconds for an awaited call in place. */
function local(name: string, role: Role, make: () => Promise<Fn>): Contestant {
  let fn: Fn = addOne
  return {
    name,
    role,
    async setup() {
      fn = await make()
    },
    async run(n) {
      const from = freshId()
      let wrong = 0
      const watch = new Stopwatch()
      for (let k = from; k < from + n; k++) if ((await fn(k)) !== k + 1) wrong++
      const timed = watch.perCall(n, 'ns')
      if (wrong > 0) throw new WrongAnswer(`${wrong} of ${n} answers were wrong`)
      return timed
    },
    teardown: () => undefined
  }
}

function localRow(kind: 'sync' | 'async'): Row {
  const limit = lazy(kind === 'sync' ? addOne : addOneLater)
  const name = `bridge(${kind === 'sync' ? 'fn' : 'asyncFn'})`
  return {
    id: `local-${kind}`,
    title: `awaiting a local bridged ${kind === 'sync' ? 'synchronous' : 'async'} function`,
    unit: 'ns',
    placement: 'unpinned',
    how: 'rounds',
    calls: 20_000,
    goals: [atMost(1.15, limit.name)],
    contestants: () => [
      local(name, 'ours', async () => {
        const { bridge } = await import('@bridge/core')
        return kind === 'sync' ? bridge(addOne) : bridge(addOneLater)
      }),
      limit,
      plainAwait
    ]
  }
}

export const localRows: readonly Row[] = [localRow('sync'), localRow('async')]
