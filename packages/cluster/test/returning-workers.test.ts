import { createCluster, type Engine, memory, serve } from '@bridge/cluster'
import { expect, test } from 'vitest'
import { TASKS, type Tasks } from './cluster-bench.js'

/** An engine that does not find a queue's workers until it has been asked `times` times, as a server that has restarted. */
function forgetful(engine: Engine, times: number): Engine {
  let left = times
  return {
    name: engine.name,
    honours: engine.honours,
    recipe: undefined,
    async connect(events) {
      const connection = await engine.connect(events)
      const send: typeof connection.send = (call, onRefused) => {
        if (left > 0) queueMicrotask(() => onRefused(undefined))
        else connection.send(call, onRefused)
      }
      const hasWorkers = async (): Promise<boolean> => left-- <= 0
      return Object.create(connection, {
        ...Object.fromEntries(
          ['reclaim', 'find', 'post', 'listen', 'close'].map(name => [
            name,
            { value: (connection[name as 'post'] as () => unknown).bind(connection) }
          ])
        ),
        address: { value: connection.address },
        maxBytes: { value: connection.maxBytes },
        hasQueue: { value: connection.hasQueue },
        send: { value: send },
        hasWorkers: { value: hasWorkers }
      }) as typeof connection
    }
  }
}

test('a call whose worker is not yet known to the server, but answers, is sent again', async () => {
  const engine = memory()
  await using _worker = await serve({ engine, modules: [TASKS], pool: { maxThreads: 1 } })
  await using cluster = createCluster({ engine: forgetful(engine, 1) })
  expect(await cluster.import<Tasks>(TASKS).echo('found')).toBe('found')
})
