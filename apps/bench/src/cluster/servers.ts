import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { workerPath } from '../libraries/url.js'

/** The servers of a cluster's engines. */
export const programs = { nats: 'nats-server', bullmq: 'redis-server' } as const

export type EngineName = keyof typeof programs

/** Whether the engine's server is installed. */
export function isInstalled(engine: EngineName): boolean {
  return spawnSync(programs[engine], ['--version']).status === 0
}

/** A process's own server, and the workers that were started with it. */
export class Bed {
  readonly url: string
  readonly #folder: string
  readonly #children: ChildProcess[] = []

  private constructor(url: string, folder: string) {
    this.url = url
    this.#folder = folder
  }

  static async open(engine: EngineName): Promise<Bed> {
    const port = await freePort()
    const scheme = engine === 'nats' ? 'nats' : 'redis'
    const bed = new Bed(`${scheme}://127.0.0.1:${port}`, mkdtempSync(join(tmpdir(), 'bridge-bench-')))
    const args =
      engine === 'nats'
        ? ['-a', '127.0.0.1', '-p', `${port}`]
        : ['--bind', '127.0.0.1', '--port', `${port}`, '--save', '', '--dir', bed.#folder]
    bed.#children.push(spawn(programs[engine], args, { stdio: 'ignore' }))
    await accepts(port)
    return bed
  }

  /** Starts workers of a cluster with `threads` threads each, which take calls of a module from the queue. */
  async startWorkers(count: number, threads: number, queue: string, module: string): Promise<void> {
    const command = join(
      dirname(createRequire(import.meta.url).resolve('@bridge/cluster')),
      'bridge-worker.js'
    )
    const args = ['--engine', this.url, '--threads', `${threads}`, '--queue', queue, workerPath(module)]
    // As the README advises for many small calls: a worker fetches some in advance instead of asking for each.
    if (module === 'tasks') args.unshift('--max-queue', '64')
    await Promise.all(Array.from({ length: count }, () => this.#start(command, args)))
  }

  /** Starts the worker process for measurements without bridge; calls are answered on its main thread, or in a thread. */
  async startBare(engine: EngineName, where: 'main' | 'thread'): Promise<void> {
    await this.#start(workerPath('cluster-bare'), [engine, this.url, where])
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#children.toReversed().map(async child => {
        child.kill('SIGKILL')
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      })
    )
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #start(file: string, args: readonly string[]): Promise<void> {
    const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#children.push(child)
    await Promise.race([
      once(child.stdout, 'data'),
      once(child, 'exit').then(() => Promise.reject(new Error(`${file} has ended`)))
    ])
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function accepts(port: number): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return
    } catch {
      await delay(20)
    } finally {
      socket.destroy()
    }
  }
  throw new Error(`no server takes connections at port ${port}`)
}
