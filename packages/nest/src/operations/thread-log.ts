import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ThreadTrace } from '@bridge/pool'
import { Logger } from '@nestjs/common'

/** Which threads of a pool are logged: lost ones, all, or none. */
export type ThreadLog = 'lost' | 'all' | false

/** Causes that are not a sign of a fault. */
const EXPECTED: readonly string[] = ['recycled', 'idle', 'closed']

const CHANNEL = 'bridge:pool:thread'

/** Logs the ends of a pool's threads by Nest's logger, lost ones as warnings; returns a function that stops logging. */
export function logThreads(pool: string, which: ThreadLog): () => void {
  if (which === false) return () => undefined
  const logger = new Logger('BridgeModule')
  const onThread = (message: unknown): void => {
    const trace = message as ThreadTrace
    if (trace.pool !== pool) return
    const thread = `${pool}: thread ${trace.threadId}`
    if (trace.event === 'ended' && !EXPECTED.includes(trace.cause)) {
      logger.warn(`${thread} was lost (${trace.cause}): ${trace.why}`)
    } else if (which === 'all') {
      logger.log(trace.event === 'started' ? `${thread} was started` : `${thread} has ended: ${trace.why}`)
    }
  }
  subscribe(CHANNEL, onThread)
  return () => void unsubscribe(CHANNEL, onThread)
}
