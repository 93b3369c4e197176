import type { Engine } from './engine.js'
import { MemoryConnection } from './memory-connection.js'
import { MemoryHub } from './memory-hub.js'

/**
 * An engine in the memory of this thread, for tests and for trying out a cluster: all connections that are opened from one
 * `memory()` reach each other. Frames are copied and arrive later, as over a server.
 *
 * @example
 * ```ts
 * const engine = memory()
 * const worker = await engine.connect(workerEvents)
 * const caller = await engine.connect(callerEvents)
 * ```
 */
export function memory(): Engine {
  const hub = new MemoryHub()
  return {
    name: 'memory',
    recipe: undefined,
    honours: ['idempotencyKey'],
    connect: async events => new MemoryConnection(hub, events)
  }
}
