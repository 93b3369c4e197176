import { bridge, callMap, inline, parallelMap } from '@bridge/core'
import { transfer } from '@bridge/pool'
import type { Operation } from '../operation.js'
import { codeOf } from '../turn.js'

/** Checks that it failed with its own error, with its own number. */
export const isOwn =
  (ticket: number) =>
  (error: unknown): boolean =>
    error instanceof RangeError &&
    error.message === `failed ${ticket}` &&
    (error as { ticket?: unknown }).ticket === ticket

const isUncloneable = (error: unknown): boolean => codeOf(error) === 'BRIDGE_NOT_CLONEABLE'

const halfOf = (n: number): number => n / 2
const halfLater = async (n: number): Promise<number> => n / 2
const half = bridge(halfOf)
const upTo = bridge(function* (from: number, items: number) {
  for (let n = 0; n < items; n++) yield from + n
})

/** Calls: awaited, blocking, started, and in place. */
export const calls: readonly Operation[] = [
  {
    name: 'await',
    weight: 10,
    async run(turn) {
      const ticket = turn.ticket()
      turn.same(await turn.site.calls.plain(ticket), ticket, 'plain()')
      turn.once(ticket)
    }
  },
  {
    name: 'await data',
    weight: 4,
    async run(turn) {
      const ticket = turn.ticket()
      const value = turn.random.oneOf([
        { text: 'x'.repeat(turn.random.from(0, 100_000)) },
        new Map([[ticket, new Set([1n, new Date(ticket)])]]),
        [undefined, null, Number.NaN, -0, /x/g],
        new Float64Array(turn.random.from(0, 1000)).fill(ticket)
      ])
      turn.same(await turn.site.calls.echo(ticket, value), { ticket, value }, 'echo()')
      turn.once(ticket)
    }
  },
  {
    name: 'await moved',
    weight: 2,
    async run(turn) {
      const ticket = turn.ticket()
      const bytes = new Uint8Array(turn.random.from(1, 100_000))
      const { length } = bytes
      const moved = await turn.site.calls.moved(ticket, transfer(bytes, [bytes.buffer]))
      turn.same([moved.length, moved.at(-1), bytes.length], [length, ticket & 255, 0], 'moved()')
    }
  },
  {
    name: 'await many',
    weight: 3,
    async run(turn) {
      const tickets = Array.from({ length: turn.random.from(2, 100) }, () => turn.ticket())
      turn.same(await Promise.all(tickets.map(n => turn.site.calls.plain(n))), tickets, 'plain() at once')
      for (const ticket of tickets) turn.once(ticket)
    }
  },
  {
    name: 'await later',
    weight: 4,
    async run(turn) {
      const ticket = turn.ticket()
      turn.same(await turn.site.calls.later(ticket, turn.random.from(0, 10)), ticket, 'later()')
      turn.once(ticket)
    }
  },
  {
    name: 'await by priority and key',
    weight: 2,
    async run(turn) {
      const ticket = turn.ticket()
      const options = { priority: turn.random.from(-2, 2), affinity: `key ${turn.random.from(0, 9)}` }
      turn.same(await turn.site.calls.spin(ticket, 1).with(options), ticket, 'spin()')
      turn.once(ticket)
    }
  },
  {
    name: 'map',
    weight: 2,
    async run(turn) {
      const tickets = Array.from({ length: 20 }, () => turn.ticket())
      const mapped = parallelMap(tickets, n => turn.site.calls.later(n, 1), { concurrency: 4 })
      turn.same(await mapped, tickets, 'parallelMap()')
    }
  },
  {
    name: 'block',
    weight: 6,
    isBlocking: true,
    run(turn) {
      const ticket = turn.ticket()
      turn.same(turn.site.plain.plain(ticket), ticket, 'plain() blocking')
      turn.once(ticket)
    }
  },
  {
    name: 'block later',
    weight: 3,
    isBlocking: true,
    run(turn) {
      const ticket = turn.ticket()
      turn.same(turn.site.calls.later(ticket, turn.random.from(0, 3)).runSync(), ticket, 'later() blocking')
      turn.once(ticket)
    }
  },
  {
    name: 'futures',
    weight: 3,
    isBlocking: true,
    run(turn) {
      const tickets = Array.from({ length: turn.random.from(1, 20) }, () => turn.ticket())
      const futures = tickets.map(n => turn.site.calls.later(n, turn.random.from(0, 2)).start())
      // If one fails, the later ones are not awaited.
      for (const future of futures) future.catch(() => {})
      turn.same(
        futures.map(future => future.waitSync()),
        tickets,
        'waitSync()'
      )
      for (const ticket of tickets) turn.once(ticket)
    }
  },
  {
    name: 'wait too shortly, then await',
    weight: 2,
    isBlocking: true,
    async run(turn) {
      const ticket = turn.ticket()
      const future = turn.site.calls.later(ticket, 5).start()
      future.catch(() => {})
      try {
        turn.same(future.waitSync(1), ticket, 'waitSync(1)')
      } catch (error) {
        turn.failed(error, thrown => codeOf(thrown) === 'BRIDGE_TIMEOUT', 'waitSync(1)')
      }
      turn.same(await future, ticket, 'later() after waitSync(1)')
      turn.once(ticket)
    }
  },
  {
    name: 'fail',
    weight: 3,
    async run(turn) {
      const ticket = turn.ticket()
      const { fail, failLater } = turn.site.calls
      await turn.fails(turn.random.oneOf([fail, failLater])(ticket), isOwn(ticket), 'fail()')
      turn.once(ticket)
    }
  },
  {
    name: 'fail blocking',
    weight: 2,
    isBlocking: true,
    run(turn) {
      const ticket = turn.ticket()
      turn.failsSync(() => turn.site.plain.failLater(ticket), isOwn(ticket), 'failLater() blocking')
    }
  },
  {
    name: 'send what can not be sent',
    weight: 2,
    async run(turn) {
      const { uncloneable, echo } = turn.site.calls
      await turn.fails(uncloneable(turn.ticket()), isUncloneable, 'uncloneable()')
      await turn.fails(echo(turn.ticket(), { deep: Symbol('x') }), isUncloneable, 'echo(symbol)')
    }
  },
  {
    name: 'here',
    weight: 3,
    async run(turn) {
      const ticket = turn.ticket()
      turn.same(await half(ticket), ticket / 2, 'half()')
      turn.same(half(ticket).runSync(), ticket / 2, 'half() blocking')
      turn.same(await callMap([halfOf, halfLater], ticket), [ticket / 2, ticket / 2], 'callMap()')
      turn.same([...upTo(ticket, 3)], [ticket, ticket + 1, ticket + 2], 'upTo()')
      const { plain } = inline.import<typeof import('../tasks/call.tasks.js')>(
        new URL('./tasks/call.tasks.js', import.meta.url)
      )
      turn.same(await plain(ticket), ticket, 'plain() here')
    }
  }
]
