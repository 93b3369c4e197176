import { proxy } from '@bridge/core'
import type { Operation } from '../operation.js'
import { codeOf, type Turn, Wrong } from '../turn.js'

const isUncloneable = (error: unknown): boolean => codeOf(error) === 'BRIDGE_NOT_CLONEABLE'

/** It made the round trip complete, or was refused at one of the four steps for which it may be too deep. */
async function arrives(turn: Turn, call: PromiseLike<number>, depth: number, what: string): Promise<void> {
  try {
    turn.same(await call, depth, what)
  } catch (error) {
    if (error instanceof Wrong) throw error
    turn.failed(error, isUncloneable, what)
  }
}

function nested(depth: number): unknown {
  let value: unknown = 0
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { value }
  return value
}

function depthOf(value: unknown): number {
  let depth = 0
  for (let part = value; typeof part === 'object'; depth++) part = Object.values(part as object)[0]
  return depth
}

/** Values that a clone would lose, refuse or duplicate. */
export const values: readonly Operation[] = [
  {
    name: 'deep values, there',
    weight: 3,
    async run(turn) {
      const ticket = turn.ticket()
      const depth = turn.random.oneOf([10, 500, 3000, 20_000])
      await arrives(turn, turn.site.calls.depthOf(ticket, nested(depth)), depth, 'depthOf()')
      turn.atMostOnce(ticket)
    }
  },
  {
    name: 'deep values, back',
    weight: 3,
    async run(turn) {
      const ticket = turn.ticket()
      const depth = turn.random.oneOf([10, 500, 3000, 20_000])
      await arrives(turn, turn.site.calls.nested(ticket, depth).then(depthOf), depth, 'nested()')
      turn.atMostOnce(ticket)
    }
  },
  {
    name: 'deep values, to a callback',
    weight: 2,
    async run(turn) {
      const ticket = turn.ticket()
      const depth = turn.random.oneOf([10, 500, 3000, 20_000])
      const call = turn.site.callbacks.callWithNested(ticket, depthOf, depth)
      await arrives(turn, call, depth, 'callWithNested()')
      turn.atMostOnce(ticket)
    }
  },
  {
    name: 'what a clone loses, in a graph',
    weight: 4,
    async run(turn) {
      const ticket = turn.ticket()
      const shared = { url: new URL(`https://example.org/${ticket}`) }
      const graph = {
        bytes: Buffer.from(`number ${ticket}`),
        list: [shared, shared],
        map: new Map<unknown, unknown>([[shared, new Set([ticket, shared])]]),
        self: undefined as unknown,
        fn: proxy((n: number) => n + 1)
      }
      graph.self = graph
      const back = (await turn.site.calls.echo(ticket, graph)).value as typeof graph
      turn.same(`${back.bytes}`, `number ${ticket}`, 'bytes in a graph')
      turn.same(back.list[0]?.url.href, shared.url.href, 'a URL in a graph')
      const [[key, set]] = [...back.map] as [[unknown, Set<unknown>]]
      const parts = [back.self === back, back.list[0] === back.list[1], key === back.list[0], set.has(key)]
      turn.same(parts, [true, true, true, true], 'who is who in a graph')
      turn.same(back.fn === graph.fn, true, 'a function that comes back')
      turn.once(ticket)
    }
  }
]
