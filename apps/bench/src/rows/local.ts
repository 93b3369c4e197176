import { type Contestant, freshId, type Role, WrongAnswer } from '../harness/contestant.js'
import { Stopwatch } from '../harness/stopwatch.js'
import { atMost, type Row } from './row.js'

type Fn = (n: number) => number | PromiseLike<number>

const addOne = (n: number): number => n + 1
const addOneLater = async (n: number): Promise<number> => n + 1

const plainAwait = local('plain await asyncFn()', 'limit', async () => addOneLater)

/** Nanoseconds an awaited call in place. */
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

function localRow(kind: 'sync' | 'async', ratio: number): Row {
  const name = `bridge(${kind === 'sync' ? 'fn' : 'asyncFn'})`
  return {
    id: `local-${kind}`,
    title: `awaiting a local bridged ${kind === 'sync' ? 'synchronous' : 'async'} function`,
    unit: 'ns',
    placement: 'unpinned',
    how: 'rounds',
    calls: 20_000,
    goals: [atMost(ratio, plainAwait.name)],
    contestants: () => [
      local(name, 'ours', async () => {
        const { bridge } = await import('@bridge/core')
        return kind === 'sync' ? bridge(addOne) : bridge(addOneLater)
      }),
      plainAwait
    ]
  }
}

export const localRows: readonly Row[] = [localRow('sync', 2.5), localRow('async', 3.2)]
