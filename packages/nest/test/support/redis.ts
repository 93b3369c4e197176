import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface Redis {
  readonly port: number
  readonly stop: () => Promise<void>
}

/** Whether the tests that need Redis can run; in CI they must, and fail if it is missing. */
export function hasRedis(): boolean {
  const isThere = spawnSync('redis-server', ['--version']).error === undefined
  if (!isThere) console.warn('redis-server is missing: apt-get install redis-server, or brew install redis')
  return isThere || process.env.CI !== undefined
}

/** Starts a Redis on a free port of the loopback interface, with nothing on disk but its own temporary folder. */
export async function startRedis(): Promise<Redis> {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-redis-'))
  const port = await freePort()
  const redis = spawn(
    'redis-server',
    ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', folder],
    {
      stdio: ['ignore', 'pipe', 'ignore']
    }
  )
  await untilReady(redis)
  return {
    port,
    stop: async () => {
      const exited = once(redis, 'exit')
      redis.kill()
      await exited
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

async function untilReady(redis: ChildProcess): Promise<void> {
  await once(redis, 'spawn')
  for await (const line of createInterface({ input: redis.stdout as NodeJS.ReadableStream })) {
    if (line.includes('Ready to accept connections')) break
  }
  redis.stdout?.resume()
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
