import { randomUUID } from 'node:crypto'
import { WorkerLostError } from '@bridge/core'
import { onAbort, Timer } from '@bridge/core/internal'
import type { Job } from 'bullmq'
import type { JobState, Jobs, SentJob, TakenJob, Taking } from '../engine/engine.js'
import { checkFrame } from '../engine/frame-size.js'
import { bufferOf } from './buffer.js'
import { type ActiveJob, BullTaker } from './bull-taker.js'
import { stopping } from './call-taker.js'
import type { Link } from './link.js'
import type { Names } from './names.js'
import type { BullmqSettings } from './options.js'
import { bullPriority } from './priority.js'
import type { Queues } from './queues.js'
import { KEEP_ANSWER } from './scripts.js'
import type { Takings } from './takings.js'

/** Milliseconds after which a job is checked again, even if its worker has reported nothing. */
const LOOK_AGAIN = 2000

/** What jobs share with the calls of the same connection. */
export interface JobsPlace {
  readonly settings: BullmqSettings
  readonly names: Names
  readonly link: Link
  readonly queues: Queues
  readonly takings: Takings
}

/** A job's data, with its id, because BullMQ accepts fewer ids than callers may use. */
interface JobData {
  readonly id: string
  readonly frame: string
}

/** Jobs of BullMQ that outlive their callers. */
export class BullmqJobs implements Jobs {
  readonly #at: JobsPlace
  readonly #maxBytes: number
  /** Pending waits, by the channel on which a worker reports the job's end. */
  readonly #waiting: Map<string, Set<() => void>>

  constructor(at: JobsPlace, waiting: Map<string, Set<() => void>>, maxBytes: number) {
    this.#at = at
    this.#waiting = waiting
    this.#maxBytes = maxBytes
  }

  async add({ queue, id = randomUUID(), frame, priority, attempts }: SentJob): Promise<string> {
    checkFrame('add()', frame, this.#maxBytes)
    const { names, link, queues, settings } = this.#at
    const data: JobData = { id, frame: bufferOf(frame).toString('base64') }
    const { backoff, removeOnComplete, removeOnFail } = settings.jobs
    await link.outbox.request('add()', () =>
      queues.get(names.jobs(queue)).add('job', data, {
        jobId: names.jobId(id),
        priority: bullPriority(priority),
        timestamp: link.clock.now(),
        attempts: attempts ?? settings.jobs.attempts,
        ...(backoff !== undefined && { backoff }),
        removeOnComplete,
        removeOnFail,
        stackTraceLimit: 0
      })
    )
    return id
  }

  state(queue: string, id: string): Promise<JobState> {
    return this.#at.link.outbox.request('state()', () => this.#state(queue, id))
  }

  async #state(queue: string, id: string): Promise<JobState> {
    const { names, link, queues } = this.#at
    const bull = queues.get(names.jobs(queue))
    const jobId = names.jobId(id)
    const state = await bull.getJobState(jobId)
    if (state === 'active') return { type: 'running' }
    if (state === 'unknown') return { type: 'unknown' }
    if (state !== 'completed' && state !== 'failed') return { type: 'waiting' }
    const fields = ['bridge:answer', 'bridge:message', 'failedReason']
    const [answer, message, reason] = await link.commands.hmgetBuffer(bull.toKey(jobId), ...fields)
    const said = (message ?? '').toString()
    if (state === 'completed') return { type: state, answer: answer ?? undefined, message: said }
    const why = (reason ?? '').toString()
    // The result of an earlier attempt does not count for an attempt that lost its worker.
    const isOfLast = answer !== null && answer !== undefined && why === said
    return { type: state, answer: isOfLast ? answer : undefined, message: why }
  }

  async ended(queue: string, id: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const { names, link } = this.#at
    const channel = names.ended(names.jobs(queue), names.jobId(id))
    // Subscribed before the state is read, so that an end in between is not missed.
    await link.outbox.request('ended()', () => link.subscriptions.add(channel))
    try {
      while (!signal.aborted && !(await this.#hasEnded(queue, id))) {
        if (!link.isClosed) await this.#word(channel, signal)
      }
    } finally {
      await link.subscriptions.remove(channel).catch(() => {})
    }
  }

  async take(queues: readonly string[], atMost: number, onJob: (job: TakenJob) => void): Promise<Taking> {
    const { link, names } = this.#at
    return link.outbox.request('take()', async () => {
      const takers = queues.map(queue => this.#taker(names.jobs(queue), atMost, onJob))
      await Promise.all(takers.map(taker => taker.ready()))
      return { stop: stopping(link, [], takers) }
    })
  }

  /** Ends all waits for jobs. */
  close(): void {
    for (const waiting of [...this.#waiting.values()]) for (const wake of [...waiting]) wake()
  }

  async #hasEnded(queue: string, id: string): Promise<boolean> {
    try {
      const { type } = await this.state(queue, id)
      return type !== 'waiting' && type !== 'running'
    } catch (error) {
      // The server may come back, and still have the job.
      if (this.#at.link.isClosed || !(error instanceof WorkerLostError)) throw error
      return false
    }
  }

  /** Resolves when the job's worker reports something, when enough time has passed, or when the signal aborts. */
  #word(channel: string, signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const waiting = this.#waiting.get(channel) ?? new Set()
      this.#waiting.set(channel, waiting)
      const finish = (): void => {
        waiting.delete(finish)
        if (waiting.size === 0 && this.#waiting.get(channel) === waiting) this.#waiting.delete(channel)
        timer.stop()
        ignore()
        resolve()
      }
      waiting.add(finish)
      const timer = new Timer(LOOK_AGAIN, finish)
      const ignore = onAbort(signal, finish)
    })
  }

  #taker(bullQueue: string, atMost: number, onJob: (job: TakenJob) => void): BullTaker {
    const { names, link, settings, takings } = this.#at
    const taker: BullTaker = new BullTaker({
      bullQueue,
      prefix: names.prefix,
      client: link.workers,
      atMost,
      lockDuration: settings.lockDuration,
      maxStalledCount: settings.jobs.maxStalledCount,
      process: (job, active) => this.#process(taker, job, active, onJob)
    })
    const say = (job: Job | undefined): void => {
      if (job?.id === undefined) return
      link.workers.publish(names.ended(bullQueue, job.id), '').catch(() => {})
    }
    // The listeners live as long as the worker.
    taker.worker.on('completed', say)
    taker.worker.on('failed', say)
    takings.add(taker)
    return taker
  }

  #process(
    taker: BullTaker,
    job: Job,
    { onClose, requeue }: ActiveJob,
    onJob: (job: TakenJob) => void
  ): Promise<void> {
    const { clock, workers } = this.#at.link
    const { id, frame }: JobData = job.data
    return new Promise<void>((resolve, reject) => {
      onClose(() => requeue().catch(reject))
      let isDone = false
      onJob({
        id,
        frame: Buffer.from(frame, 'base64'),
        age: clock.since(job.timestamp),
        done: (answer, isFailed, message) => {
          if (isDone) return
          isDone = true
          const bytes = bufferOf(answer)
          workers
            .eval(KEEP_ANSWER, 1, taker.worker.toKey(`${job.id}`), bytes, message)
            .then(() => (isFailed ? reject(new Error(message)) : resolve()), reject)
        }
      })
    })
  }
}
