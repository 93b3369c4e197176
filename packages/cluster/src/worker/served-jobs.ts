import { InvalidArgumentError, PayloadTooLargeError, TaskNotFoundError } from '@bridge/core'
import { encodeThrown, isSource, type StreamSource } from '@bridge/core/executor'
import { adopt } from '@bridge/core/internal'
import type { TakenJob } from '../engine/engine.js'
import { withoutPaths } from '../thread/hide-paths.js'
import { fromBytes, GAVE_VALUE, type ThreadResult } from '../thread/request.js'
import { CALL, encodeFrame, framesIn, THROWN, VALUE } from '../wire/frame.js'
import { decodeError, encodeErrorForm } from '../wire/payload.js'
import { ServedCall } from './served-call.js'
import { type ServedBy, taskOf } from './task-of.js'

/** The jobs that a worker has taken. They outlive their callers, so their results go only to the engine. */
export class ServedJobs {
  readonly #by: ServedBy
  #running = 0
  #onIdle: (() => void) | undefined

  constructor(by: ServedBy) {
    this.#by = by
  }

  take(job: TakenJob): void {
    const frame = framesIn(job.frame).find(({ kind }) => kind === CALL)
    if (frame === undefined)
      return this.#fail(job, new TypeError('the job is not of this version of @bridge/cluster'))
    const taken = { frame: job.frame, age: job.age, done: () => {} }
    const call = new ServedCall(frame.id, frame.head as ServedCall['head'], taken)
    const { module: name, version } = call.head
    const module = this.#by.offers.find({ name, version })
    if (module === undefined)
      return this.#fail(job, new TaskNotFoundError(this.#by.offers.refusal({ name, version })))
    this.#running++
    const run = this.#by.pool.start(taskOf(call, module, frame, this.#by))
    adopt(run.promise)
      .then(
        outcome => this.#onOutcome(job, call, outcome),
        (error: unknown) => this.#fail(job, error)
      )
      .finally(() => {
        if (--this.#running === 0) this.#onIdle?.()
      })
  }

  /** Resolves when all running jobs have ended. */
  async idle(): Promise<void> {
    if (this.#running === 0) return
    await new Promise<void>(resolve => {
      this.#onIdle = resolve
    })
  }

  #onOutcome(job: TakenJob, { head: { name } }: ServedCall, outcome: unknown): void {
    if (isSource(outcome)) {
      void (outcome as StreamSource).return()
      return this.#fail(
        job,
        new InvalidArgumentError(`${name}() returns a stream, which a job cannot keep; call it instead`)
      )
    }
    const [kind, codec, bytes] = outcome as ThreadResult
    const payload = { codec, bytes: fromBytes(bytes) }
    const isFailed = kind !== GAVE_VALUE
    const message = isFailed ? String((decodeError(`${name}()`, payload) as Error | undefined)?.message) : ''
    const answer = encodeFrame(isFailed ? THROWN : VALUE, 0, undefined, payload)
    const most = this.#by.connection.maxBytes
    if (answer.length > most)
      return this.#fail(job, new PayloadTooLargeError(`${name}(): its result has`, answer.length, most))
    job.done(answer, isFailed, message)
  }

  #fail(job: TakenJob, error: unknown): void {
    const thrown = encodeThrown(error)
    const payload = encodeErrorForm(this.#by.hidePaths ? withoutPaths(thrown, '') : thrown)
    job.done(encodeFrame(THROWN, 0, undefined, payload), true, (error as Error).message)
  }
}
