import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'

export interface Redis {
  readonly port: number
  end(): void
}

/** Outside of CI, tests that need Redis are skipped if there is none. */
export const isRedisMissing =
  process.env.CI === undefined && spawnSync('redis-server', ['--version']).error !== undefined

/** A server for these tests, without persistence. */
export async function startRedis(): Promise<Redis> {
  const port = await freePort()
  const redis = spawn('redis-server', ['--port', `${port}`, '--save', '', '--appendonly', 'no'], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  for await (const text of redis.stdout.iterator({ destroyOnReturn: false })) {
    if (/Ready to accept/.test(String(text))) break
  }
  redis.stdout.resume()
  return { port, end: () => redis.kill('SIGKILL') }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}
