import { waitAtMost } from '@bridge/core/internal'
import { type Job, WaitingError, Worker } from 'bullmq'
import type { Redis } from 'ioredis'

/** Milliseconds that a worker waits before it retries after a lost connection. */
const RETRY = 1000
/**
 * Seconds for which a worker waits at the server for a job before it asks again. A process that closes while the server is
 * away stays alive for one second more than that.
 */
const DRAIN = 2
/** Milliseconds that closing waits until the server knows the outcomes of the active jobs. */
const FLUSH_TIMEOUT = 2000
/** BullMQ does not accept Infinity. */
const MOST = 1_000_000

/** Options of a taker. */
export interface TakerOptions {
  readonly bullQueue: string
  readonly prefix: string
  readonly client: Redis
  readonly atMost: number
  readonly lockDuration: number
  readonly maxStalledCount: number
  /** Processes a job. */
  process(job: Job, active: ActiveJob): Promise<void>
}

/** An active job, for its taker. */
export interface ActiveJob {
  /** `release` is called, once, if the connection closes while the job is active. */
  onClose(release: () => void): void
  /** Returns the job to the queue: the processing must throw what this throws. */
  requeue(): Promise<never>
}

/** A BullMQ worker for one queue, which can stop at once. */
export class BullTaker {
  readonly #worker: Worker
  readonly #releases = new Set<() => void>()
  readonly #client: Redis
  #active = 0
  #onEmpty: (() => void) | undefined
  #isStopped = false
  #closing: Promise<void> | undefined

  constructor(options: TakerOptions) {
    this.#client = options.client
    const { bullQueue, prefix, client, atMost, lockDuration, maxStalledCount } = options
    this.#worker = new Worker(bullQueue, (job, token) => this.#process(job, token, options), {
      connection: client,
      prefix,
      concurrency: Math.min(atMost, MOST),
      lockDuration,
      stalledInterval: lockDuration,
      maxStalledCount,
      runRetryDelay: RETRY,
      drainDelay: DRAIN,
      // The check would print a warning, which concerns the whole application's Redis.
      skipVersionCheck: true
    })
    // Errors of the connection are reported by its status. The listener lives as long as the worker.
    this.#worker.on('error', () => {})
  }

  get worker(): Worker {
    return this.#worker
  }

  async ready(): Promise<void> {
    await this.#worker.waitUntilReady()
  }

  /** Takes no more jobs; a job that arrives in the meantime is returned to the queue. */
  async stop(): Promise<void> {
    if (this.#isStopped) return
    this.#isStopped = true
    await this.#worker.pause(true)
    this.#closeWhenEmpty()
  }

  /** Ends soon; `isUp` is whether the outcomes of active jobs can still be reported to the server. */
  async close(isUp: boolean): Promise<void> {
    this.#isStopped = true
    await this.#worker.pause(true)
    for (const release of this.#releases) release()
    this.#closing ??= this.#end(isUp)
    await this.#closing
  }

  #closeWhenEmpty(): void {
    if (this.#isStopped && this.#active === 0) this.#closing ??= this.#end(true)
  }

  /** Closes by force, because BullMQ's own wait for its jobs never ends if the server is lost in the meantime. */
  async #end(isUp: boolean): Promise<void> {
    if (isUp) await waitAtMost(this.#reported(), FLUSH_TIMEOUT).catch(() => {})
    await this.#worker.close(true)
  }

  /** Resolves when the server knows the outcomes of the active jobs. */
  async #reported(): Promise<void> {
    if (this.#active > 0) {
      await new Promise<void>(resolve => {
        this.#onEmpty = resolve
      })
    }
    // By then BullMQ has sent the last outcome, so the server answers the ping after it.
    await new Promise(resolve => setImmediate(resolve))
    await this.#client.ping()
  }

  async #process(job: Job, token: string | undefined, { process }: TakerOptions): Promise<void> {
    const requeue = async (): Promise<never> => {
      await job.moveToWait(token)
      throw new WaitingError()
    }
    if (this.#isStopped) return requeue()
    this.#active++
    let onClose: (() => void) | undefined
    try {
      await process(job, {
        requeue,
        onClose: release => {
          onClose = release
          this.#releases.add(release)
        }
      })
    } finally {
      if (onClose !== undefined) this.#releases.delete(onClose)
      this.#active--
      // After BullMQ has reported the end to the server.
      if (this.#active === 0) {
        this.#onEmpty?.()
        setImmediate(() => this.#closeWhenEmpty())
      }
    }
  }
}
