import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ThreadTrace } from '@bridge/pool'
import { Logger } from '@nestjs/common'

/** What of a pool's threads is logged: those that were lost, all, or none. */
export type ThreadLog = 'lost' | 'all' | false

/** Those that are no sign of a fault. */
const ORDERLY: readonly string[] = ['recycled', 'idle', 'closed']

const CHANNEL = 'bridge:pool:thread'

/** Logs the ends of a pool's threads by Nest's logger, as warnings where a thread was lost; returns what ends that. */
export function logThreads(pool: string, which: ThreadLog): () => void {
  if (which === false) return () => undefined
  const logger = new Logger('BridgeModule')
  const onThread = (message: unknown): void => {
    const trace = message as ThreadTrace
    if (trace.pool !== pool) return
    const thread = `${pool}: thread ${trace.threadId}`
    if (trace.event === 'ended' && !ORDERLY.includes(trace.cause)) {
      logger.warn(`${thread} was lost (${trace.cause}): ${trace.why}`)
    } else if (which === 'all') {
      logger.log(trace.event === 'started' ? `${thread} was started` : `${thread} has ended: ${trace.why}`)
    }
  }
  subscribe(CHANNEL, onThread)
  return () => void unsubscribe(CHANNEL, onThread)
}
