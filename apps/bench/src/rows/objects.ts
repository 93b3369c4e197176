import type { Call, RemoteObject } from '@bridge/core'
import { createPool, type Pool } from '@bridge/pool'
import { type Contestant, freshId, type Role, WrongAnswer } from '../harness/contestant.js'
import { Stopwatch } from '../harness/stopwatch.js'
import { workerUrl } from '../libraries/url.js'
import type * as objects from '../workers/objects.js'
import { inEachPlacement, type RowAnywhere } from './placements.js'
import { atMost, type Row } from './row.js'

const PLAIN = 'bridge pool, a plain call'

/** One pool of one thread for all contestants of a row, which differ only in how they call. */
class SharedPool {
  #users = 0
  #pool: Pool | undefined

  enter() {
    this.#users++
    this.#pool ??= createPool({ maxThreads: 1 })
    return this.#pool.import<typeof objects>(workerUrl('objects'))
  }

  async leave(): Promise<void> {
    if (--this.#users > 0) return
    const pool = this.#pool
    this.#pool = undefined
    await pool?.close()
  }
}

type Tasks = ReturnType<SharedPool['enter']>
type Turn = (tasks: Tasks, adder: RemoteObject<objects.Adder>, n: number) => number | Promise<number>

function contestant(pool: SharedPool, name: string, role: Role, turn: Turn): Contestant {
  let tasks: Tasks
  let adder: RemoteObject<objects.Adder>
  return {
    name,
    role,
    async setup() {
      tasks = pool.enter()
      adder = new tasks.Adder(1)
      await adder.next(0)
    },
    async run(n) {
      const watch = new Stopwatch()
      if ((await turn(tasks, adder, n)) !== n)
        throw new WrongAnswer('a call got an answer that is not its own')
      return watch.perCall(n, 'µs')
    },
    async teardown() {
      await adder[Symbol.asyncDispose]()
      await pool.leave()
    }
  }
}

/** How many of `n` sequential calls returned the right result. */
async function awaited(n: number, call: (id: number) => Call<number>): Promise<number> {
  let right = 0
  for (let k = 0; k < n; k++) {
    const id = freshId()
    if ((await call(id)) === id + 1) right++
  }
  return right
}

function blocked(n: number, call: (id: number) => Call<number>): number {
  let right = 0
  for (let k = 0; k < n; k++) {
    const id = freshId()
    if (call(id).runSync() === id + 1) right++
  }
  return right
}

const addOne = (n: number): number => n + 1

function row(title: string, name: string, ours: Turn, plain: Turn): RowAnywhere {
  return {
    title,
    unit: 'µs',
    how: 'rounds',
    calls: 300,
    goals: [atMost(1.1, PLAIN)],
    contestants() {
      const pool = new SharedPool()
      return [contestant(pool, name, 'ours', ours), contestant(pool, PLAIN, 'plain', plain)]
    }
  }
}

const plainAwaited: Turn = (tasks, _adder, n) => awaited(n, id => tasks.next(id))
const plainBlocked: Turn = (tasks, _adder, n) => blocked(n, id => tasks.next(id))

export const objectRows: readonly Row[] = [
  ...inEachPlacement(
    'object',
    row(
      'a method of a remote object, awaited, against a plain call',
      'bridge pool, a method',
      (_tasks, adder, n) => awaited(n, id => adder.next(id)),
      plainAwaited
    )
  ),
  {
    ...row(
      'a method of a remote object, blocking, against a plain call',
      'bridge pool, a method',
      (_tasks, adder, n) => blocked(n, id => adder.next(id)),
      plainBlocked
    ),
    id: 'object-blocking',
    placement: 'one core'
  },
  ...inEachPlacement(
    'callback',
    row(
      'a callback, its caller awaiting, against a plain call',
      'bridge pool, a callback',
      (tasks, _adder, n) => tasks.callEach(freshId(), n, addOne),
      plainAwaited
    )
  ),
  {
    ...row(
      'a callback, its caller blocked, against a plain call',
      'bridge pool, a callback',
      (tasks, _adder, n) => tasks.callEach(freshId(), n, addOne).runSync(),
      plainBlocked
    ),
    id: 'callback-blocking',
    placement: 'one core'
  }
]
