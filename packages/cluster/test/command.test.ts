import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { BULLMQ, describeCluster, NATS, tasksFile } from './cluster-bench.js'
import { command, ScratchPackage } from './workers.js'

/** What the command prints, and its exit code. */
async function runs(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [command, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, BRIDGE_ENGINE: '', ...env }
  })
  let [out, err] = ['', '']
  child.stdout.on('data', data => {
    out += data
  })
  child.stderr.on('data', data => {
    err += data
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, out, err }
}

const ENGINE = ['--engine', 'nats://127.0.0.1:9']

describe('bridge-worker', () => {
  it('prints its usage', async () => {
    const { code, out, err } = await runs(['--help'])
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^Usage: bridge-worker --engine <url>/)
  })

  const wrong: readonly (readonly [what: string, args: readonly string[], words: RegExp])[] = [
    ['no engine', [tasksFile], /--engine is missing, as in/],
    [
      'an engine that is not a URL',
      ['--engine', 'here', tasksFile],
      /--engine must be a URL that starts with nats:/
    ],
    [
      'an engine of no kind',
      ['--engine', 'http://here', tasksFile],
      /--engine must be a URL that starts with nats:/
    ],
    ['no module', ENGINE, /name the modules to be offered/],
    ['a missing module', [...ENGINE, '/nowhere/tasks.js'], /there is no module at \/nowhere\/tasks\.js/],
    ['an unknown option', [...ENGINE, '--thread', '2', tasksFile], /'--thread'/],
    [
      'an invalid number',
      [...ENGINE, '--threads', 'two', tasksFile],
      /--threads must be a whole number of at least 1, got 'two'/
    ],
    ['no thread', [...ENGINE, '--threads', '0', tasksFile], /--threads must be a whole number of at least 1/],
    [
      'a part of a call',
      [...ENGINE, '--max-queue', '1.5', tasksFile],
      /--max-queue must be a whole number of at least 0/
    ],
    [
      'a carrier that is not installed',
      [...ENGINE, '--carriers', 'no-such-carrier', tasksFile],
      /no-such-carrier, which is not installed/
    ],
    ['a port that is none', [...ENGINE, '--health', '70000', tasksFile], /--health/],
    ['an unreachable server', [...ENGINE, tasksFile], /127\.0\.0\.1:9/]
  ]
  for (const [what, args, words] of wrong) {
    it(`exits with 1 and a message for ${what}`, async () => {
      const { code, out, err } = await runs(args)
      expect(err).toMatch(words)
      expect([code, out]).toEqual([1, ''])
    })
  }
})

for (const kind of [NATS, BULLMQ]) {
  describeCluster(kind, 'bridge-worker', bench => {
    it('prints its address, its offers and its end', async () => {
      const worker = await bench().workerOf([tasksFile])
      expect(worker.lines[0]).toMatch(
        new RegExp(
          `^bridge-worker [\\w-]+ takes calls from ${kind.name}: @bridge/cluster/test/fixtures/tasks\\.mjs@0\\.0\\.0$`
        )
      )
      expect(await worker.stop()).toBe(0)
      expect(worker.lines.slice(1)).toEqual([
        expect.stringMatching(/stops by SIGTERM: 0 run, 0 wait$/),
        expect.stringMatching(/has stopped$/)
      ])
    })

    it('answers health checks, and reports when it stops', async () => {
      const worker = await bench().worker('--threads', '1', '--health', '0')
      const port = /health on port (\d+)/.exec(worker.lines[0] as string)?.[1]
      const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`)
      const [journal, gate] = [bench().file('journal'), bench().file('gate')]
      const held = bench().tasks().hold(journal, gate).start()
      await bench().written(journal, 'began')
      const health = await get('/health')
      expect([health.status, await health.json()]).toEqual([200, { status: 'ok', running: 1, queued: 0 }])
      const metrics = await get('/metrics')
      expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/)
      expect(await metrics.text()).toMatch(/^bridge_worker_running 1$/m)
      expect((await get('/other')).status).toBe(404)
      const stopped = worker.stop()
      await bench().until('the line that it stops', () =>
        worker.lines.find(line => line.includes('stops by'))
      )
      expect((await get('/health')).status).toBe(503)
      bench().open(gate)
      await held
      expect(await stopped).toBe(0)
    })

    it('ends at once after a second signal', async () => {
      const worker = await bench().worker('--threads', '1')
      const [journal, gate] = [bench().file('journal'), bench().file('gate')]
      const held = bench().tasks().hold(journal, gate).start()
      const lost = held.then(
        () => 'a value',
        (error: { code: string }) => error.code
      )
      await bench().written(journal, 'began')
      const stopped = worker.stop()
      await bench().until('the line that it stops', () =>
        worker.lines.find(line => line.includes('stops by'))
      )
      worker.child.kill('SIGINT')
      expect(await stopped).toBe(1)
      expect(await lost).toBe('BRIDGE_WORKER_LOST')
    })

    it('exits with 1 if its port is in use', async () => {
      const server = createServer().listen(0)
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      const { code, err } = await runs(['--engine', bench().server.url, '--health', `${port}`, tasksFile])
      server.close()
      expect(err).toMatch(/EADDRINUSE/)
      expect(code).toBe(1)
    })

    it('reads its engine from BRIDGE_ENGINE, and a setup that its threads import', async () => {
      using scratch = new ScratchPackage('set-up', '1.0.0')
      const setup = scratch.module(
        'setup.js',
        "globalThis.stores = new Map([['set up', { getStore: () => 'yes' }]])"
      )
      await bench().worker('--threads', '1', '--setup', setup)
      expect(await bench().tasks().stores(['set up'])).toEqual(['yes'])
    })

    it('serves versions, compatible ones and folders by its arguments, and hides paths', async () => {
      using scratch = new ScratchPackage('folder', '1.0.0')
      scratch.module('deep/one.js', "export const one = () => { throw new Error('one') }")
      await bench().worker('--version', '2.0.0', '--compatible', '1.0.0', '--hide-paths', scratch.folder)
      const cluster = bench().cluster()
      expect(await bench().tasks({ version: '1.0.0' }).echo(1)).toBe(1)
      const error = await cluster
        .import<{ one(): void }>('bridge:folder@2.0.0/deep/one.js')
        .one()
        .catch((thrown: Error) => thrown)
      expect((error as Error).message).toBe('one')
      expect((error as Error).stack).not.toContain(scratch.folder)
      const refused = await bench()
        .tasks({ version: '3.0.0' })
        .echo(1)
        .catch((thrown: Error) => thrown)
      expect((refused as Error).message).toMatch(
        /in version 2\.0\.0, 1\.0\.0, and the caller asks for 3\.0\.0/
      )
    })
  })
}

describeCluster(NATS, 'bridge-worker that a process has started with an IPC channel', bench => {
  it('ends with that process, in whatever way that ends', async () => {
    const parent = `
      const { spawn } = require('node:child_process')
      const child = spawn(process.execPath, ${JSON.stringify([command, '--engine', bench().server.url, tasksFile])}, {
        stdio: ['ignore', 'pipe', 'inherit', 'ipc']
      })
      child.stdout.once('data', () => process.stdout.write(String(child.pid)))`
    const starter = spawn(process.execPath, ['-e', parent], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [pid] = (await once(starter.stdout, 'data')) as [Buffer]
    starter.kill('SIGKILL')
    const isThere = (): boolean => {
      try {
        process.kill(Number(String(pid)), 0)
        return true
      } catch {
        return false
      }
    }
    await expect.poll(isThere, { timeout: 20_000, interval: 10 }).toBe(false)
  })
})
