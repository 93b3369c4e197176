import { InvalidArgumentError } from '@bridge/core'
import type { Engine } from '../engine/engine.js'

/** The engine for each URL scheme, and the packages that it needs. */
const ENGINES = {
  nats: {
    peers: '@nats-io/transport-node',
    make: async (url: string) => (await import('../nats/index.js')).nats(url)
  },
  bullmq: {
    peers: 'bullmq ioredis',
    make: async (url: string) => (await import('../bullmq/index.js')).bullmq(url)
  }
} as const

const SCHEMES: Readonly<Record<string, keyof typeof ENGINES>> = {
  'nats:': 'nats',
  'tls:': 'nats',
  'ws:': 'nats',
  'wss:': 'nats',
  'redis:': 'bullmq',
  'rediss:': 'bullmq'
}

/**
 * The engine for a URL.
 *
 * @throws InvalidArgumentError when no engine has its scheme, or the engine's client is not installed.
 */
export async function engineOf(url: string): Promise<Engine> {
  const scheme = schemeOf(url)
  if (scheme === undefined) {
    throw new InvalidArgumentError(
      `bridge-worker: --engine must be a URL that starts with ${Object.keys(SCHEMES).join('//, ')}//`
    )
  }
  const { peers, make } = ENGINES[scheme]
  try {
    return await make(url)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new InvalidArgumentError(`bridge-worker: install ${peers}, which the engine ${scheme} needs`, {
      cause
    })
  }
}

function schemeOf(url: string): keyof typeof ENGINES | undefined {
  try {
    return SCHEMES[new URL(url).protocol]
  } catch {
    return undefined
  }
}
