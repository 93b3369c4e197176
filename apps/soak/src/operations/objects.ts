import { read, write } from '@bridge/core'
import type { Operation } from '../operation.js'
import { codeOf, type Turn } from '../turn.js'
import { isOwn } from './calls.js'

async function use(turn: Turn, ticket: number): Promise<void> {
  const counter = new turn.site.objects.Counter(ticket)
  const by = turn.random.from(1, 99)
  const answers = await Promise.all([counter.add(by), counter.addLater(by)])
  turn.same(answers, [ticket + by, ticket + 2 * by], 'add() and addLater()')
  turn.same(await read(counter, 'value'), ticket + 2 * by, 'read()')
  turn.once(ticket)
  if (turn.random.once(2)) await counter[Symbol.asyncDispose]()
}

/** Objects: made, used, passed, and disposed of or dropped. */
export const objects: readonly Operation[] = [
  {
    name: 'an object',
    weight: 4,
    run: turn => use(turn, turn.ticket())
  },
  {
    name: 'an object, blocking',
    weight: 3,
    isBlocking: true,
    run(turn) {
      const ticket = turn.ticket()
      const counter = new turn.site.plainObjects.Counter(ticket)
      turn.same(
        [counter.add(1), counter.addLater(1)],
        [ticket + 1, ticket + 2],
        'add() and addLater(), blocking'
      )
      turn.same(counter.value, ticket + 2, 'a property, blocking')
      if (turn.random.once(2)) counter[Symbol.dispose]()
    }
  },
  {
    name: 'a static',
    weight: 1,
    async run(turn) {
      const ticket = turn.ticket()
      turn.same(await turn.site.objects.Counter.origin(ticket), ticket, 'origin()')
      turn.once(ticket)
    }
  },
  {
    name: 'properties',
    weight: 2,
    async run(turn) {
      const ticket = turn.ticket()
      const counter = new turn.site.objects.Counter(0)
      await write(counter, 'value', ticket)
      turn.same(await read(counter, 'value'), ticket, 'read() after write()')
    }
  },
  {
    name: 'an iterable object',
    weight: 2,
    async run(turn) {
      const ticket = turn.ticket()
      const counter = new turn.site.objects.Counter(ticket)
      const seen: number[] = []
      for await (const n of counter) seen.push(n)
      turn.same(seen.length, 10, 'the length of an iterable object')
      turn.same(seen[9], ticket + 9, 'the last of an iterable object')
    }
  },
  {
    name: 'handles out and in',
    weight: 3,
    async run(turn) {
      const ticket = turn.ticket()
      const counter = new turn.site.objects.Counter(ticket)
      const self = await counter.self()
      turn.same(self === counter, true, 'self() === self')
      const fork = await counter.fork()
      turn.same(await counter.isSame(counter), true, 'isSame() of itself')
      turn.same(await counter.isSame(fork), false, 'isSame() of another')
      const total = turn.ticket()
      turn.same(await turn.site.objects.totalOf(total, [counter, fork]), 2 * ticket, 'totalOf()')
      turn.once(total)
    }
  },
  {
    name: 'a graph of handles',
    weight: 3,
    async run(turn) {
      const ticket = turn.ticket()
      const first = new turn.site.objects.Counter(ticket)
      const second = await first.fork()
      const graph = {
        pair: [first, second],
        byName: new Map([['first', { counter: first }]]),
        all: new Set([second, first, second])
      }
      const total = turn.ticket()
      const answer = await turn.site.objects.totalIn(total, graph as never)
      turn.same(answer, [2 * ticket, true], 'totalIn()')
      turn.once(total)
    }
  },
  {
    name: 'use after disposal',
    weight: 2,
    async run(turn) {
      const counter = new turn.site.objects.Counter(turn.ticket())
      await counter[Symbol.asyncDispose]()
      await turn.fails(counter.add(1), error => codeOf(error) === 'BRIDGE_DISPOSED', 'add() after disposal')
    }
  },
  {
    name: 'an object that can not be made',
    weight: 2,
    async run(turn) {
      const ticket = turn.ticket()
      await turn.fails(new turn.site.objects.Broken(ticket).use(), isOwn(ticket), 'Broken.use()')
    }
  }
]
