import { Redis, type RedisOptions } from 'ioredis'
import { cannotConnect } from '../engine/cannot-connect.js'
import { type BullmqSettings, isClient } from './options.js'

/** Milliseconds before the next attempt to connect. */
const retryStrategy = (times: number): number => Math.min(50 * times, 1000)

/** Options on which the engine relies; they override the application's. */
const OWN: RedisOptions = {
  // At its end ioredis keeps the process alive for this many milliseconds, also if the server is away.
  disconnectTimeout: 200,
  enableOfflineQueue: true,
  autoResubscribe: true,
  autoResendUnfulfilledCommands: true,
  // A worker's command waits at the server until there is a job, so it must not time out.
  commandTimeout: undefined
}

/** A client that belongs to the engine. */
export function makeClient({ connection }: BullmqSettings, options: RedisOptions): Redis {
  const own = { ...OWN, ...options }
  const client = isClient(connection)
    ? connection.duplicate(own)
    : typeof connection === 'string'
      ? new Redis(connection, { retryStrategy, ...own })
      : new Redis({ retryStrategy, ...connection, ...own })
  // Errors are reflected in its status; without a listener ioredis prints them. The listener lives as long as the client.
  client.on('error', () => {})
  return client
}

/** A client that is connected. */
export async function openClient(settings: BullmqSettings, own: RedisOptions): Promise<Redis> {
  const client = makeClient(settings, { ...own, lazyConnect: true })
  let cause: unknown
  const keep = (error: unknown): void => {
    cause = error
  }
  client.on('error', keep)
  try {
    await client.connect()
    return client
  } catch (error) {
    client.disconnect()
    throw cannotConnect('bullmq()', settings.url, cause ?? error)
  } finally {
    client.off('error', keep)
  }
}
