import { sendStream } from '@bridge/iter'
import type { Operation } from '../operation.js'
import { codeOf, type Turn } from '../turn.js'
import { isOwn } from './calls.js'

const numbersOf = (ticket: number, items: number): number[] =>
  Array.from({ length: items }, (_, n) => ticket + n)

let open = 0

/** How many of the sent streams have not been stopped. */
export function openSenders(): number {
  return open
}

function* endless(from: number): Generator<number> {
  open++
  try {
    for (let n = from; ; n++) yield n
  } finally {
    open--
  }
}

/** A stream of numbers from a thread, by a synchronous or asynchronous generator. */
function streamOf(turn: Turn, ticket: number, items: number) {
  const { count, countLater } = turn.site.calls
  return turn.random.once(2) ? count(ticket, items) : countLater(ticket, items)
}

/** A few, and sometimes so many that they are sent through shared memory. */
function howMany(turn: Turn, least: number, few: number, many: number): number {
  return turn.random.from(least, turn.random.once(10) ? many : few)
}

/** Streams from and to a thread, read completely or not. */
export const streams: readonly Operation[] = [
  {
    name: 'for await',
    weight: 5,
    async run(turn) {
      const ticket = turn.ticket()
      const items = howMany(turn, 0, 500, 20_000)
      const seen: number[] = []
      for await (const n of streamOf(turn, ticket, items)) seen.push(n)
      turn.same(seen, numbersOf(ticket, items), 'a stream')
      turn.once(ticket)
    }
  },
  {
    name: 'for',
    weight: 3,
    isBlocking: true,
    run(turn) {
      const ticket = turn.ticket()
      const items = howMany(turn, 0, 200, 5000)
      turn.same([...streamOf(turn, ticket, items)], numbersOf(ticket, items), 'a stream, blocking')
      turn.once(ticket)
    }
  },
  {
    name: 'break',
    weight: 4,
    async run(turn) {
      const ticket = turn.ticket()
      const wanted = howMany(turn, 1, 100, 5000)
      const seen: number[] = []
      for await (const n of streamOf(turn, ticket, 1e9)) {
        seen.push(n)
        if (seen.length === wanted) break
      }
      turn.same(seen, numbersOf(ticket, wanted), 'a stream until break')
    }
  },
  {
    name: 'break, blocking',
    weight: 2,
    isBlocking: true,
    run(turn) {
      const ticket = turn.ticket()
      const wanted = howMany(turn, 1, 100, 5000)
      const seen: number[] = []
      for (const n of streamOf(turn, ticket, 1e9)) {
        seen.push(n)
        if (seen.length === wanted) break
      }
      turn.same(seen, numbersOf(ticket, wanted), 'a stream until break, blocking')
    }
  },
  {
    name: 'a stream that fails',
    weight: 3,
    async run(turn) {
      const ticket = turn.ticket()
      const items = turn.random.from(0, 100)
      const seen: number[] = []
      const consume = async (): Promise<void> => {
        for await (const n of turn.site.calls.failAfter(ticket, items)) seen.push(n)
      }
      await turn.fails(consume(), isOwn(ticket), 'a stream')
      turn.same(seen, numbersOf(ticket, items), 'what came before the error')
    }
  },
  {
    name: 'a stream that is aborted',
    weight: 3,
    async run(turn) {
      const ticket = turn.ticket()
      const reason = new Error(`aborted ${ticket}`)
      const controller = new AbortController()
      const seen: number[] = []
      const consume = async (): Promise<void> => {
        for await (const n of turn.site.calls.silence(ticket).with({ signal: controller.signal }))
          seen.push(n)
      }
      setTimeout(() => controller.abort(reason), turn.random.from(0, 10))
      await turn.fails(consume(), error => error === reason, 'a stream')
      turn.same(seen, numbersOf(ticket, seen.length), 'what came before the abort')
    }
  },
  {
    name: 'a stream with a timeout',
    weight: 2,
    async run(turn) {
      const call = turn.site.calls.silence(turn.ticket()).with({ timeout: turn.random.from(1, 10) })
      const consume = async (): Promise<void> => {
        for await (const _ of call);
      }
      await turn.fails(consume(), error => codeOf(error) === 'BRIDGE_TIMEOUT', 'a stream')
    }
  },
  {
    name: 'a stream that is closed by hand',
    weight: 2,
    async run(turn) {
      const ticket = turn.ticket()
      const iterator = streamOf(turn, ticket, 1e9)[Symbol.asyncIterator]()
      const pulls = Promise.all([iterator.next(), iterator.next()])
      const values = (await pulls).map(({ value }) => value as number)
      turn.same(values, numbersOf(ticket, 2), 'two pulls at once')
      turn.same((await iterator.return?.(0 as never))?.done, true, 'return()')
      turn.same((await iterator.next()).done, true, 'next() after return()')
    }
  },
  {
    name: 'a stream that is dropped',
    weight: 2,
    async run(turn) {
      const ticket = turn.ticket()
      const iterator = streamOf(turn, ticket, 1e9)[Symbol.asyncIterator]()
      turn.same((await iterator.next()).value, ticket, 'the first of a dropped stream')
    }
  },
  {
    name: 'a stream to a thread',
    weight: 3,
    async run(turn) {
      const ticket = turn.ticket()
      const items = turn.random.from(0, 100)
      const expected = numbersOf(ticket, items).reduce((total, n) => total + n, ticket)
      turn.same(await turn.site.calls.sum(ticket, sendStream(numbersOf(ticket, items))), expected, 'sum()')
      turn.once(ticket)
    }
  },
  {
    name: 'a pipeline through the same executor',
    weight: 3,
    async run(turn) {
      const { calls } = turn.site
      const ticket = turn.ticket()
      const tickets = Array.from({ length: turn.random.from(0, 20) }, () => turn.ticket())
      const numbers = (async function* () {
        for (const n of tickets) yield await calls.plain(n)
      })()
      const expected = tickets.reduce((total, n) => total + n, ticket)
      turn.same(await calls.sum(ticket, sendStream(numbers)), expected, 'sum() of a pipeline')
      for (const one of [ticket, ...tickets]) turn.once(one)
    }
  },
  {
    name: 'a stream to a thread that wants one of it',
    weight: 2,
    async run(turn) {
      const ticket = turn.ticket()
      turn.same(await turn.site.calls.firstOf(ticket, sendStream(endless(ticket))), ticket, 'firstOf()')
    }
  }
]
