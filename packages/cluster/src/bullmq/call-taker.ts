import { waitAtMost } from '@bridge/core/internal'
import type { TakenCall, Taking } from '../engine/engine.js'
import { BullTaker } from './bull-taker.js'
import type { Link } from './link.js'
import type { Names } from './names.js'
import type { Takings } from './takings.js'

/** Milliseconds that stopping waits for the server's confirmation. */
const FLUSH_TIMEOUT = 2000

/** What taking calls needs of the connection. */
export interface CallTakerPlace {
  readonly names: Names
  readonly link: Link
  readonly takings: Takings
  readonly lockDuration: number
}

/** Takes calls from the queues, at most `atMost` from each at once. */
export async function takeCalls(
  { names, link, takings, lockDuration }: CallTakerPlace,
  queues: readonly string[],
  atMost: number,
  onCall: (call: TakenCall) => void
): Promise<Taking> {
  const channels = queues.map(queue => names.presence(queue))
  await Promise.all(channels.map(channel => link.subscriptions.add(channel)))
  const takers = queues.map(queue => {
    const taker = new BullTaker({
      bullQueue: names.calls(queue),
      prefix: names.prefix,
      client: link.workers,
      atMost,
      lockDuration,
      // A call that lost its worker runs again only if its caller sends it again.
      maxStalledCount: 0,
      process: ({ data, timestamp }, { onClose }) =>
        new Promise<void>(done => {
          onClose(done)
          onCall({ frame: Buffer.from(data, 'base64'), age: link.clock.since(timestamp), done })
        })
    })
    takings.add(taker)
    return taker
  })
  await Promise.all(takers.map(taker => taker.ready()))
  return { stop: stopping(link, channels, takers) }
}

/** Stops workers, once. They first leave their queues, so that calls that arrive later are refused. */
export function stopping(
  link: Link,
  channels: readonly string[],
  takers: readonly BullTaker[]
): () => Promise<void> {
  let stopped: Promise<void> | undefined
  return async () => {
    if (link.isClosed) return
    stopped ??= stopAll(link, channels, takers)
    await stopped
  }
}

async function stopAll(link: Link, channels: readonly string[], takers: readonly BullTaker[]): Promise<void> {
  // A loss of the server is reported by the connection's status, and a restarted server does not know the subscriptions.
  const removed = channels.map(channel => link.subscriptions.remove(channel).catch(() => {}))
  await Promise.all(takers.map(taker => taker.stop()))
  // The loss of the server may not have been detected yet, and it may stay away.
  if (link.outbox.isUp) await waitAtMost(Promise.all(removed), FLUSH_TIMEOUT)
}
