import { notify } from '@bridge/core'
import type { Operation } from '../operation.js'
import type { Turn } from '../turn.js'
import { isOwn } from './calls.js'

let held = 0
const registry = new FinalizationRegistry<undefined>(() => {
  held--
})

/** How many of the passed functions are still referenced. */
export function heldFunctions(): number {
  return held
}

function passed<F extends object>(fn: F): F {
  held++
  registry.register(fn, undefined)
  return fn
}

const doubled = (ticket: number, items: number): number[] =>
  Array.from({ length: items }, (_, n) => 2 * (ticket + n))

const double = (n: number): number => 2 * n

function throwing(ticket: number): () => never {
  return () => {
    throw Object.assign(new RangeError(`failed ${ticket}`), { ticket })
  }
}

/** A callback that itself calls a thread, possibly the thread that waits for it. */
function nestedIn(turn: Turn): (n: number) => Promise<number> {
  const { site } = turn
  return async n => 2 * ((await site.calls.later(n, 0)) as number)
}

/** Functions among the arguments, called by threads. */
export const callbacks: readonly Operation[] = [
  {
    name: 'a callback',
    weight: 4,
    async run(turn) {
      const [ticket, items] = [turn.ticket(), turn.random.from(1, 20)]
      const answer = turn.site.callbacks.mapped(ticket, items, passed(double.bind(undefined)))
      turn.same(await answer, doubled(ticket, items), 'mapped()')
      turn.once(ticket)
    }
  },
  {
    name: 'a callback while blocked',
    weight: 3,
    isBlocking: true,
    run(turn) {
      const [ticket, items] = [turn.ticket(), turn.random.from(1, 20)]
      const answer = turn.site.plainCallbacks.mapped(ticket, items, passed(double.bind(undefined)))
      turn.same(answer, doubled(ticket, items), 'mapped() blocking')
      turn.once(ticket)
    }
  },
  {
    name: 'an async callback',
    weight: 4,
    async run(turn) {
      const [ticket, items] = [turn.ticket(), turn.random.from(1, 20)]
      const later = passed(async (n: number) => {
        await null
        return 2 * n
      })
      turn.same(
        await turn.site.callbacks.mappedLater(ticket, items, later),
        doubled(ticket, items),
        'mappedLater()'
      )
      turn.once(ticket)
    }
  },
  {
    name: 'an async callback, waited for',
    weight: 2,
    async run(turn) {
      const ticket = turn.ticket()
      const later = passed(async (n: number) => 2 * n)
      turn.same(await turn.site.callbacks.waited(ticket, later), 2 * ticket, 'waited()')
    }
  },
  {
    name: 'a generator as a callback',
    weight: 2,
    async run(turn) {
      const ticket = turn.ticket()
      const numbers = passed(async function* numbers(from: number) {
        for (let n = 0; n < 5; n++) yield from + n
      })
      turn.same(await turn.site.callbacks.drained(ticket, numbers), 5 * ticket + 10, 'drained()')
      const plain = passed(function* plain(from: number) {
        for (let n = 0; n < 5; n++) yield from + n
      })
      turn.same(await turn.site.callbacks.drainedSync(ticket, plain), 5 * ticket + 10, 'drainedSync()')
    }
  },
  {
    name: 'a callback of a generator',
    weight: 2,
    async run(turn) {
      const ticket = turn.ticket()
      const seen: number[] = []
      const even = passed((n: number) => n % 2 === 0)
      for await (const n of turn.site.callbacks.filtered(ticket, 10, even)) seen.push(n - ticket)
      turn.same(seen, [0, 2, 4, 6, 8], 'filtered()')
    }
  },
  {
    name: 'notes',
    weight: 3,
    async run(turn) {
      const [ticket, times] = [turn.ticket(), turn.random.from(0, 600)]
      const heard: number[] = []
      const tell = passed(notify((n: number) => void heard.push(n - ticket)))
      turn.same(await turn.site.callbacks.told(ticket, times, tell), ticket, 'told()')
      turn.same(
        heard,
        Array.from({ length: times }, (_, n) => n),
        'the numbers that arrived'
      )
    }
  },
  {
    name: 'a callback that throws',
    weight: 2,
    async run(turn) {
      const ticket = turn.ticket()
      const fn = passed(throwing(ticket))
      await turn.fails(turn.site.callbacks.mapped(ticket, 1, fn), isOwn(ticket), 'mapped() with an error')
    }
  },
  {
    name: 'a note that throws',
    weight: 1,
    async run(turn) {
      const ticket = turn.ticket()
      const fn = passed(notify(throwing(ticket)))
      await turn.fails(turn.site.callbacks.told(ticket, 1, fn), isOwn(ticket), 'told() with an error')
    }
  },
  {
    name: 'a nested call',
    weight: 3,
    async run(turn) {
      const ticket = turn.ticket()
      const inner = turn.ticket()
      const nested = passed(nestedIn(turn))
      const answer = turn.site.callbacks.mappedLater(inner, 1, nested)
      turn.same(await answer, [2 * inner], 'mappedLater() with a nested call')
      turn.same(await turn.site.calls.plain(ticket), ticket, 'plain()')
    }
  },
  {
    name: 'a nested call while blocked',
    weight: 2,
    isBlocking: true,
    run(turn) {
      const [ticket, inner] = [turn.ticket(), turn.ticket()]
      const nested = passed((_: number) => 2 * turn.site.plain.plain(inner))
      turn.same(
        turn.site.plainCallbacks.mapped(ticket, 1, nested),
        [2 * inner],
        'mapped() with a nested call'
      )
      turn.once(ticket)
      turn.once(inner)
    }
  },
  {
    name: 'a callback that is kept',
    weight: 1,
    async run(turn) {
      const ticket = turn.ticket()
      turn.same(
        await turn.site.callbacks.keeps(ticket, passed(double.bind(undefined))),
        2 * ticket,
        'keeps()'
      )
    }
  },
  {
    name: 'a callback of a call that times out',
    weight: 2,
    async run(turn) {
      const ticket = turn.ticket()
      const never = passed(() => new Promise<number>(() => {}))
      const call = turn.site.callbacks
        .mappedLater(ticket, 1, never)
        .with({ timeout: turn.random.from(1, 10) })
      const isTimeout = (error: unknown): boolean => (error as { code?: unknown }).code === 'BRIDGE_TIMEOUT'
      await turn.fails(call, isTimeout, 'mappedLater() that never ends')
    }
  }
]
