import { checkFunction, checkObject } from '@bridge/core/internal'
import type { Connection, Engine } from '../engine/engine.js'

/** Which frames are lost. */
export interface Losses {
  /** Whether the frame is lost; `to` is its address, or the queue of a call. */
  drop(frame: Uint8Array, to: string): boolean
}

/**
 * An engine that loses frames, as a network does: neither the sender nor the receiver is notified. For tests.
 *
 * @throws InvalidArgumentError when an argument is invalid.
 * @example
 * ```ts
 * let isLosing = false
 * const engine = lossy(memory(), { drop: (frame, to) => isLosing && to === caller.address })
 * ```
 */
export function lossy(engine: Engine, losses: Losses): Engine {
  checkObject('lossy()', 'engine', engine)
  checkObject('lossy()', 'losses', losses)
  checkFunction('lossy()', 'losses.drop', losses.drop)
  return {
    name: engine.name,
    // Another thread would get the engine without its losses.
    recipe: undefined,
    honours: engine.honours,
    connect: async events => lossyConnection(await engine.connect(events), losses)
  }
}

function lossyConnection(connection: Connection, losses: Losses): Connection {
  return {
    address: connection.address,
    get maxBytes() {
      return connection.maxBytes
    },
    hasQueue: connection.hasQueue,
    jobs: connection.jobs,
    send(call, onRefused) {
      if (!losses.drop(call.frame, call.queue)) connection.send(call, onRefused)
    },
    post(address, frame, onNoListener) {
      if (!losses.drop(frame, address)) connection.post(address, frame, onNoListener)
    },
    reclaim: (queue, id) => connection.reclaim(queue, id),
    find: (queue, id) => connection.find(queue, id),
    hasWorkers: queue => connection.hasWorkers(queue),
    listen: address => connection.listen(address),
    take: (queues, atMost, onCall) => connection.take(queues, atMost, onCall),
    counts: queue => connection.counts(queue),
    close: () => connection.close()
  }
}
