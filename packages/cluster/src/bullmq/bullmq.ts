import { extname } from 'node:path'
import type { Redis } from 'ioredis'
import { cannotConnect } from '../engine/cannot-connect.js'
import type { Connection, ConnectionEvents, Engine } from '../engine/engine.js'
import { plainOptions } from '../engine/plain-options.js'
import { BullmqConnection } from './bullmq-connection.js'
import { openClient } from './client.js'
import { isLostConnection } from './lost-connection.js'
import { type BullmqOptions, type BullmqSettings, isClient, readOptions } from './options.js'

/**
 * The engine on a Redis server with BullMQ: calls wait in a queue there until a worker has room, and jobs outlive their
 * callers. It needs `bullmq` and `ioredis`.
 *
 * `connect()` throws an `Error` that names the server if it cannot be reached; its `cause` is the client's error.
 *
 * @param options The server's URL, or options. With functions among them, or with a client of ioredis, `blocking: true` is not
 * possible, because another thread cannot connect.
 * @throws InvalidArgumentError when the options are invalid.
 * @example
 * ```ts
 * const engine = bullmq({ connection: 'redis://localhost:6379', jobs: { attempts: 3 } })
 * ```
 */
export function bullmq(options: string | BullmqOptions): Engine {
  const settings = readOptions(options)
  const plain = isClient(settings.connection) ? undefined : plainOptions(options)
  return {
    name: 'bullmq',
    recipe: plain && {
      module: new URL(`./bullmq${extname(import.meta.url)}`, import.meta.url).href,
      factory: 'bullmq',
      options: plain.value
    },
    honours: ['idempotencyKey'],
    connect: events => open(settings, events)
  }
}

async function open(settings: BullmqSettings, events: ConnectionEvents): Promise<Connection> {
  // Commands in flight when the server is lost fail: if they were sent again, a call might run twice.
  const commands = await openClient(settings, { maxRetriesPerRequest: 0 })
  let subscriber: Redis | undefined
  try {
    subscriber = await openClient(settings, { maxRetriesPerRequest: null })
    const connection = new BullmqConnection(settings, { commands, subscriber }, events)
    await connection.ready()
    return connection
  } catch (error) {
    commands.disconnect()
    subscriber?.disconnect()
    throw isLostConnection(error) ? cannotConnect('bullmq()', settings.url, error) : error
  }
}
