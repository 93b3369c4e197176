import { extname } from 'node:path'
import { connect } from '@nats-io/transport-node'
import { cannotConnect } from '../engine/cannot-connect.js'
import type { Connection, ConnectionEvents, Engine } from '../engine/engine.js'
import { plainOptions } from '../engine/plain-options.js'
import { isLostConnection } from './lost-connection.js'
import { NatsEngineConnection } from './nats-connection.js'
import { type NatsOptions, type NatsSettings, readOptions } from './options.js'

/**
 * The engine on a NATS server: fast, and without a queue, so each call goes to a worker with room at once, or is refused. It
 * needs `@nats-io/transport-node`.
 *
 * `connect()` throws an `Error` that names the server if it cannot be reached; its `cause` is the client's error. If
 * the server does not permit the login to publish or subscribe to a subject, the error names the subject and the permission.
 *
 * @param options The server's URL, such as `nats://localhost:4222`, or the client's own options. With functions among them,
 * such as an authenticator, `blocking: true` is not possible, because another thread cannot connect.
 * @throws InvalidArgumentError when the options are invalid.
 * @example
 * ```ts
 * const engine = nats('nats://localhost:4222')
 * ```
 */
export function nats(options: string | NatsOptions): Engine {
  const settings = readOptions(options)
  const plain = plainOptions(options)
  return {
    name: 'nats',
    recipe: plain && {
      module: new URL(`./nats${extname(import.meta.url)}`, import.meta.url).href,
      factory: 'nats',
      options: plain.value
    },
    honours: [],
    connect: events => open(settings, events)
  }
}

async function open(settings: NatsSettings, events: ConnectionEvents): Promise<Connection> {
  const client = await connect({ ...settings.client }).catch((error: unknown) => {
    throw cannotConnect('nats()', settings.url, error)
  })
  const connection = new NatsEngineConnection(client, settings.prefix, events)
  try {
    await connection.ready()
    return connection
  } catch (error) {
    await connection.close()
    throw isLostConnection(error) ? cannotConnect('nats()', settings.url, error) : error
  }
}
