import type { JobState, SentJob, TakenJob } from './engine.js'
import { type Taker, Takers } from './memory-takers.js'
import { OrderedQueue } from './ordered-queue.js'

interface KeptJob {
  readonly id: string
  readonly frame: Uint8Array
  readonly priority: number
  readonly since: number
  attempts: number
  state: JobState
}

/** The jobs of one queue, with their states. */
export class MemoryJobs {
  readonly #jobs = new Map<string, KeptJob>()
  readonly #waiting = new OrderedQueue<KeptJob>()
  readonly #takers = new Takers<TakenJob>()
  readonly #onEnd = new Map<string, Set<() => void>>()

  add(id: string, { frame, priority, attempts }: SentJob): void {
    if (this.#jobs.has(id)) return
    const state: JobState = { type: 'waiting' }
    const job = {
      id,
      frame: frame.slice(),
      priority,
      since: performance.now(),
      attempts: attempts ?? 1,
      state
    }
    this.#jobs.set(id, job)
    this.#waiting.add(job)
    setImmediate(() => this.#hand())
  }

  state(id: string): JobState {
    return this.#jobs.get(id)?.state ?? { type: 'unknown' }
  }

  /** Calls `onEnd` when the job ends; returns a function that removes the callback. */
  whenEnded(id: string, onEnd: () => void): () => void {
    const waiting = this.#onEnd.get(id) ?? new Set()
    this.#onEnd.set(id, waiting.add(onEnd))
    return () => {
      waiting.delete(onEnd)
      if (waiting.size === 0) this.#onEnd.delete(id)
    }
  }

  take(taker: Taker<TakenJob>): void {
    this.#takers.add(taker)
    setImmediate(() => this.#hand())
  }

  leave(taker: Taker<TakenJob>): void {
    this.#takers.remove(taker)
  }

  #hand(): void {
    for (;;) {
      const taker = this.#waiting.size === 0 ? undefined : this.#takers.roomiest()
      const job = taker === undefined ? undefined : this.#waiting.next()
      if (taker === undefined || job === undefined) return
      this.#give(taker, job)
    }
  }

  #give(taker: Taker<TakenJob>, job: KeptJob): void {
    taker.active++
    job.attempts--
    job.state = { type: 'running' }
    let isDone = false
    taker.give({
      id: job.id,
      frame: job.frame.slice(),
      age: performance.now() - job.since,
      done: (answer, isFailed, message) => {
        if (isDone) return
        isDone = true
        taker.active--
        this.#end(job, answer.slice(), isFailed, message)
        setImmediate(() => this.#hand())
      }
    })
  }

  #end(job: KeptJob, answer: Uint8Array, isFailed: boolean, message: string): void {
    if (isFailed && job.attempts > 0) {
      job.state = { type: 'waiting' }
      this.#waiting.add(job)
      return
    }
    job.state = { type: isFailed ? 'failed' : 'completed', answer, message }
    for (const onEnd of [...(this.#onEnd.get(job.id) ?? [])]) onEnd()
  }
}
