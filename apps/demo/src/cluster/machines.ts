import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Cluster, WorkerLoad } from '@bridge/cluster'

/** The task module of the flights, for processes of their own. */
const tasks = new URL('../flights/flights.tasks.js', import.meta.url)

/** Longer than any query takes, in milliseconds, as for the pool. */
const KILL_GRACE = 5000

/** The page's data about the machines. */
export interface Machines {
  /** The server that carries the calls, without a login: `nats://127.0.0.1:4222`. */
  readonly server: string
  readonly workers: readonly Omit<WorkerLoad, 'offers'>[]
}

/**
 * The worker processes, if `NATS_URL` or `REDIS_URL` names a server: `WORKERS` of them, 2 by default, on this machine, which
 * has the flights.
 */
class Fleet {
  readonly cluster: Cluster
  readonly #url: string
  /** A unique queue, because another service on the same server has its own flights. */
  readonly #queue = `flights-${randomUUID()}`
  readonly #children: ChildProcess[] = []

  private constructor(url: string, makeCluster: (queue: string) => Cluster) {
    this.#url = url
    this.cluster = makeCluster(this.#queue)
  }

  /** `undefined` if no server is named; only with a server the cluster is loaded, and has to be built. */
  static async named({ NATS_URL, REDIS_URL }: NodeJS.ProcessEnv): Promise<Fleet | undefined> {
    const url = NATS_URL || REDIS_URL
    if (!url) return undefined
    const { createCluster } = await import('@bridge/cluster')
    const engine = NATS_URL
      ? (await import('@bridge/cluster/nats')).nats(url)
      : (await import('@bridge/cluster/bullmq')).bullmq(url)
    return new Fleet(url, queue => createCluster({ engine, name: engine.name, queue }))
  }

  /** Starts the processes, and resolves when they take calls. */
  async start(count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => this.#startOne()))
  }

  async look(): Promise<Machines> {
    const { workers } = await this.cluster.stats(tasks)
    const url = new URL(this.#url)
    return {
      server: `${url.protocol}//${url.host}`,
      workers: workers.map(({ address, running, queued }) => ({ address, running, queued }))
    }
  }

  async close(): Promise<void> {
    await this.cluster.close()
    await Promise.all(this.#children.map(end))
  }

  async #startOne(): Promise<void> {
    const command = join(
      dirname(createRequire(import.meta.url).resolve('@bridge/cluster')),
      'bridge-worker.js'
    )
    const args = ['--queue', this.#queue, '--threads', '1', '--kill-grace', `${KILL_GRACE}`]
    const child = spawn(
      process.execPath,
      [command, ...args, '--carriers', '@bridge/context', fileURLToPath(tasks)],
      {
        // In the environment, so that the login does not appear in process lists.
        env: { ...process.env, BRIDGE_ENGINE: this.#url },
        // With an IPC channel it ends with this process, in whatever way that ends.
        stdio: ['ignore', 'pipe', 'inherit', 'ipc']
      }
    )
    this.#children.push(child)
    await Promise.race([
      once(child.stdout as NodeJS.ReadableStream, 'data'),
      once(child, 'exit').then(([code]) => Promise.reject(new Error(`bridge-worker ended with ${code}`)))
    ])
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

/** The fleet of this service; `undefined` if its tasks run on a pool. */
export const fleet = await Fleet.named(process.env)
