import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { describeWith, startServer } from './servers.js'

const fixture = fileURLToPath(new URL('./fixtures/ends.mjs', import.meta.url))

/** A process that has used every part of an engine, and closes when its input ends. */
async function used(kind: string, url: string): Promise<{ child: ChildProcess; end(): Promise<unknown[]> }> {
  const child = spawn(process.execPath, [fixture, kind, url], { stdio: ['pipe', 'pipe', 'pipe'] })
  let printed = ''
  child.stderr.on('data', data => {
    printed += data
  })
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
  return {
    child,
    async end() {
      const ended = once(child, 'exit')
      child.stdin.end()
      return [...(await ended), printed]
    }
  }
}

for (const [kind, program] of [
  ['nats', 'nats-server'],
  ['bullmq', 'redis-server']
] as const) {
  describeWith(program, `a process that closes what ${kind}() has opened`, () => {
    it('ends by itself, without output', async () => {
      await using server = await startServer(program)
      const { end } = await used(kind, server.url)
      expect(await end()).toEqual([0, null, ''])
    })

    it('also ends by itself while the server is away', async () => {
      await using server = await startServer(program)
      const { end } = await used(kind, server.url)
      await server.kill()
      expect(await end()).toEqual([0, null, ''])
    })

    it('stays alive as long as the connection is open', async () => {
      await using server = await startServer(program)
      const { child, end } = await used(kind, server.url)
      await server.kill()
      await server.start()
      expect(child.exitCode).toBeNull()
      expect(await end()).toEqual([0, null, ''])
    })
  })
}
