import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import {
  type Cluster,
  type ClusterOptions,
  type ClusterRemote,
  createCluster,
  type Engine,
  memory,
  type ServeOptions,
  serve,
  type Worker
} from '@bridge/cluster'
import { type BullmqOptions, bullmq } from '@bridge/cluster/bullmq'
import { nats } from '@bridge/cluster/nats'
import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import { describeWith, type Program, type ServerOptions, startServer, type TestServer } from './servers.js'
import { startWorker, type WorkerProcess } from './workers.js'

/** The URL of the task module, for callers. */
export const TASKS = new URL('./fixtures/tasks.mjs', import.meta.url)
export const tasksFile = fileURLToPath(TASKS)

export type Tasks = typeof import('./fixtures/tasks.mjs')

/** An engine that has a server. */
export interface Kind {
  readonly name: 'nats' | 'bullmq' | 'memory'
  readonly program: Program | undefined
  /** Whether calls wait on the server. */
  readonly hasQueue: boolean
  engine(url: string, options?: BullmqOptions): Engine
}

export const NATS: Kind = { name: 'nats', program: 'nats-server', hasQueue: false, engine: url => nats(url) }
export const BULLMQ: Kind = {
  name: 'bullmq',
  program: 'redis-server',
  hasQueue: true,
  engine: (url, options) => bullmq({ ...options, connection: url })
}
export const MEMORY: Kind = { name: 'memory', program: undefined, hasQueue: true, engine: () => memory() }

/** The environment of an engine's test: a server, and workers and clusters that end with the test. */
export class ClusterBench {
  readonly kind: Kind
  readonly queue = randomUUID()
  readonly #folder = mkdtempSync(join(tmpdir(), 'bridge-cluster-'))
  readonly #open: (() => Promise<unknown>)[] = []
  readonly #server: TestServer | undefined
  /** The connections of this process, none of which is closed before the server is killed. */
  readonly #connected: { isUp: boolean }[] = []
  /** One engine for everything in this process. */
  readonly engine: Engine

  constructor(kind: Kind, server: TestServer | undefined) {
    this.kind = kind
    this.#server = server
    const engine = kind.engine(server?.url ?? '')
    this.engine = {
      ...engine,
      connect: events => {
        const connected = { isUp: true }
        this.#connected.push(connected)
        const onStatus = (isUp: boolean): void => {
          connected.isUp = isUp
          events.onStatus(isUp)
        }
        return engine.connect({ ...events, onStatus })
      }
    }
  }

  /** Kills the server, and waits until the connections of this process have noticed: until then, calls go into dead sockets. */
  async killServer(): Promise<void> {
    await this.server.kill()
    await until('the loss of the server', () => (this.#connected.some(({ isUp }) => isUp) ? undefined : true))
  }

  get server(): TestServer {
    if (this.#server === undefined) throw new Error(`${this.kind.name} has no server`)
    return this.#server
  }

  /** A worker in this process that takes calls from this test's queue. */
  async serve(options: Partial<ServeOptions> = {}): Promise<Worker> {
    const { engine, queue } = this
    const pool = { maxThreads: 1 }
    const worker = await serve({ engine, queue, modules: [TASKS], pool, ...options })
    this.#open.push(() => worker.close({ timeout: 100 }))
    return worker
  }

  /** Starts a worker process that takes calls from this test's queue. */
  async worker(...args: string[]): Promise<WorkerProcess> {
    return this.workerOf(['--queue', this.queue, ...args, tasksFile])
  }

  async workerOf(args: readonly string[]): Promise<WorkerProcess> {
    const worker = await startWorker(this.server.url, args)
    this.#open.push(() => worker.kill())
    return worker
  }

  /** A cluster whose calls go to this test's queue. */
  cluster(options: ClusterOptions = {}): Cluster {
    const { engine, queue } = this
    const cluster = createCluster({ engine, queue, ...options })
    this.#open.unshift(() => cluster.close())
    return cluster
  }

  tasks(options: ClusterOptions = {}): ClusterRemote<Tasks> {
    return this.tasksOf(this.cluster(options))
  }

  tasksOf(cluster: Cluster): ClusterRemote<Tasks> {
    return cluster.import<Tasks>(TASKS)
  }

  /** Asks until there is an answer. */
  readonly until = until

  /** Waits until the given number of calls wait, in the engine's queue or in workers. */
  async waiting(count: number): Promise<void> {
    const cluster = this.cluster()
    await until(`${count} calls that wait`, async () => {
      const { counts, workers } = await cluster.stats(TASKS)
      const waiting = workers.reduce((sum, { queued }) => sum + queued, counts?.queued ?? 0)
      return waiting === count ? true : undefined
    })
  }

  /** A number, once it has been the same for a while. */
  async steady(ask: () => number): Promise<number> {
    let [last, since] = [ask(), Date.now()]
    return until('a steady number', () => {
      const number = ask()
      if (number !== last) [last, since] = [number, Date.now()]
      return Date.now() - since > 300 ? last : undefined
    })
  }

  /** Closes something at the end of the test, before its workers. */
  held<T extends { close(): Promise<unknown> }>(one: T): T {
    this.#open.unshift(() => one.close())
    return one
  }

  /** A path for this test. */
  file(name: string): string {
    return join(this.#folder, name)
  }

  /** Makes the file that tasks wait for. */
  readonly open = opens
  readonly lines = linesOf
  readonly written = writtenIn

  async end(): Promise<void> {
    try {
      for (const end of this.#open) await end()
    } finally {
      rmSync(this.#folder, { recursive: true, force: true })
    }
  }
}

/** Makes the file that tasks wait for. */
export function opens(gate: string): void {
  writeFileSync(gate, '')
}

/** The lines that tasks have written. */
export function linesOf(journal: string): string[] {
  if (!existsSync(journal)) return []
  return readFileSync(journal, 'utf8').split('\n').filter(Boolean)
}

/** Waits until that many lines with this prefix are written. */
export async function writtenIn(journal: string, start: string, count = 1): Promise<string[]> {
  return until(`${count} lines '${start}' in ${journal}`, () => {
    const found = linesOf(journal).filter(line => line.startsWith(start))
    return found.length >= count ? found : undefined
  })
}

/** Asks until there is an answer, for at most twenty seconds. */
export async function until<T>(what: string, ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const abandon = Date.now() + 20_000
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (Date.now() > abandon) throw new Error(`there was no: ${what}`)
    await delay(5)
  }
}

/** The error with which a promise rejects. */
export async function failed(promise: PromiseLike<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await promise
  } catch (error) {
    return error as Error & Record<string, unknown>
  }
  throw new Error('it did not reject')
}

/** The items of a stream. */
export async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of stream) items.push(item)
  return items
}

/** Tests with one server, each with its own bench. */
export function describeCluster(
  kind: Kind,
  title: string,
  tests: (bench: () => ClusterBench) => void,
  options: ServerOptions = {}
): void {
  const { program, name } = kind
  const ofKind = (): void => {
    let server: TestServer | undefined
    let bench: ClusterBench | undefined
    beforeAll(async () => {
      if (program !== undefined) server = await startServer(program, options)
    })
    afterEach(async () => {
      await bench?.end()
      bench = undefined
    })
    afterAll(() => server?.[Symbol.asyncDispose]())
    tests(() => (bench ??= new ClusterBench(kind, server)))
  }
  if (program === undefined) describe(`${title}, on ${name}`, ofKind)
  else describeWith(program, `${title}, on ${name}`, ofKind)
}
