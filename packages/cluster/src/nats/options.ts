import { checkText, refuse } from '@bridge/core/internal'
import type { NodeConnectionOptions } from '@nats-io/transport-node'
import { withoutPassword } from '../engine/cannot-connect.js'

/**
 * The options of the NATS client itself (`servers`, `user`, `pass`, `token`, `tls`, `authenticator` and others), and a prefix.
 * By default the client tries to reconnect forever.
 */
export interface NatsOptions extends NodeConnectionOptions {
  /** The prefix of the subjects, so that several clusters can share a server; `bridge` by default. */
  readonly prefix?: string
}

/** The options with their defaults. */
export interface NatsSettings {
  readonly prefix: string
  readonly client: NodeConnectionOptions
  /** For messages: the servers without passwords. */
  readonly url: string
}

const DEFAULTS: NodeConnectionOptions = {
  maxReconnectAttempts: -1,
  reconnectTimeWait: 250,
  reconnectJitter: 50,
  // A server that restarts may refuse a login for a moment.
  ignoreAuthErrorAbort: true,
  // Capturing a stack for each subscription costs more than the subscription.
  noAsyncTraces: true
}

/** Reads and checks the options. */
export function readOptions(options: string | NatsOptions): NatsSettings {
  if (typeof options !== 'string' && (typeof options !== 'object' || options === null)) {
    refuse('nats()', 'options must be the URL of a server or an object of options', options)
  }
  const { prefix = 'bridge', ...given } = typeof options === 'string' ? { servers: options } : options
  checkText('nats()', 'prefix', prefix)
  if (!/^[\w-]+(\.[\w-]+)*$/.test(prefix)) {
    refuse('nats()', 'prefix must be letters, digits, - and _, in parts that dots separate', prefix)
  }
  const servers = serversOf(given)
  const client = {
    ...DEFAULTS,
    ...loginIn(servers),
    ...given,
    ...(servers && { servers: servers.map(bare) })
  }
  return {
    prefix,
    client,
    url: servers?.map(withoutPassword).join(', ') ?? `127.0.0.1:${given.port ?? 4222}`
  }
}

function serversOf({ servers }: NodeConnectionOptions): readonly string[] | undefined {
  if (servers === undefined) return undefined
  const list: readonly unknown[] = Array.isArray(servers) ? servers : [servers]
  if (list.length === 0 || !list.every(server => typeof server === 'string' && server !== '')) {
    refuse('nats()', 'servers must be a URL, or several in an array', servers)
  }
  return list as readonly string[]
}

const LOGIN = /^([a-z+]+:\/\/)?(.*)@/i

/** The login of a URL, which the client itself does not read. */
function loginIn(servers: readonly string[] = []): NodeConnectionOptions {
  const login = servers.map(server => LOGIN.exec(server)?.[2]).find(found => found !== undefined)
  if (login === undefined) return {}
  const [user = '', ...pass] = login.split(':')
  if (pass.length === 0) return { token: decoded(user) }
  return { user: decoded(user), pass: decoded(pass.join(':')) }
}

const bare = (server: string): string => server.replace(LOGIN, '$1')

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
