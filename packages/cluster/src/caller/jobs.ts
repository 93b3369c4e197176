import { setTimeout as delay } from 'node:timers/promises'
import { CallTimeoutError, InvalidArgumentError, TaskNotFoundError, WorkerLostError } from '@bridge/core'
import type { Task } from '@bridge/core/executor'
import {
  checkMilliseconds,
  checkOptions,
  checkSignal,
  checkText,
  onAbort,
  Timer
} from '@bridge/core/internal'
import type { JobResultOptions } from '../cluster.js'
import type { Connection, JobState } from '../engine/engine.js'
import { type ModuleName, shown } from '../modules/module-name.js'
import { framesIn, VALUE } from '../wire/frame.js'
import { decodeError, decodePayload } from '../wire/payload.js'
import type { Caller } from './caller.js'
import { callFrame, writtenArguments } from './written-call.js'

/** Separates the queue and the engine's id in the id that a user gets. */
const BETWEEN = '~'

/** Milliseconds until a lost server is asked again. */
const LOOK_AGAIN = 200

/** Jobs: calls that the engine keeps. */
export class Jobs {
  readonly #caller: Caller
  readonly #engine: string
  readonly #queue: string | undefined

  constructor(caller: Caller, engine: string, queue: string | undefined) {
    this.#caller = caller
    this.#engine = engine
    this.#queue = queue
  }

  /** Adds a job, and resolves to its id; `attempts` is how often it may be started, by default as the engine's options say. */
  async add(task: Task, module: ModuleName, attempts: number | undefined): Promise<string> {
    const connection = await this.#caller.connect()
    const queue = this.#queue ?? shown(module)
    const { idempotencyKey: id } = task
    // The call's limits apply to its caller's wait: other callers may wait for the job, and longer.
    const frame = callFrame(0, { ...task, deadline: undefined }, module, writtenArguments(task), connection)
    const job = { queue, id, frame, priority: task.priority ?? 0, attempts }
    return `${Buffer.from(queue).toString('base64url')}${BETWEEN}${await this.#jobsOf(connection).add(job)}`
  }

  /** The result of a job. */
  async result(given: string, name: string, timeout = Infinity, given2?: AbortSignal): Promise<unknown> {
    const abort = new AbortController()
    const late = new CallTimeoutError(
      `${name} did not get the result of ${given} within ${timeout} ms`,
      timeout
    )
    const timer = new Timer(timeout, () => abort.abort(late))
    const ignore = given2 === undefined ? () => {} : onAbort(given2, reason => abort.abort(reason))
    if (given2?.aborted === true) abort.abort(given2.reason)
    let ignoreAbort = (): void => {}
    const aborted = new Promise<never>((_, reject) => {
      ignoreAbort = onAbort(abort.signal, reject)
    })
    try {
      // A server that is away does not answer, and the wait for its return is limited, too.
      return await Promise.race([this.#outcome(given, name, abort.signal), aborted])
    } finally {
      ignoreAbort()
      timer.stop()
      ignore()
    }
  }

  async #outcome(given: string, name: string, signal: AbortSignal): Promise<unknown> {
    const { queue, id } = idOf(given)
    for (;;) {
      const state = await this.#state(queue, id, signal)
      if (state?.type === 'unknown') {
        throw new TaskNotFoundError(
          `${name}: ${this.#engine} has no job ${given}; it was never added, or is no longer kept (see the engine's options)`
        )
      }
      if (state?.type === 'completed' || state?.type === 'failed') return outcomeOf(name, state)
      if (signal.aborted) throw signal.reason
    }
  }

  /** The state of a job, after a wait for its end; `undefined` while the server is away. */
  async #state(queue: string, id: string, signal: AbortSignal): Promise<JobState | undefined> {
    // Refused once the cluster is closed.
    const jobs = this.#jobsOf(await this.#caller.connect())
    try {
      const state = await jobs.state(queue, id)
      if (state.type !== 'waiting' && state.type !== 'running') return state
      await jobs.ended(queue, id, signal)
      return await jobs.state(queue, id)
    } catch (error) {
      if (!(error instanceof WorkerLostError)) throw error
      await delay(LOOK_AGAIN)
      return undefined
    }
  }

  #jobsOf(connection: Connection): NonNullable<Connection['jobs']> {
    if (connection.jobs !== undefined) return connection.jobs
    throw new InvalidArgumentError(
      `${this.#engine} keeps no jobs; use an engine that does, such as bullmq(), or call the function`
    )
  }
}

/**
 * Checks the arguments of `jobResult()`.
 *
 * @throws InvalidArgumentError that shows the invalid value.
 */
export function checkJobResult(id: string, options: JobResultOptions): void {
  checkText('jobResult()', 'id', id)
  checkOptions('jobResult()', options ?? null, ['timeout', 'signal'])
  checkMilliseconds('jobResult()', 'timeout', options.timeout)
  checkSignal('jobResult()', options.signal)
}

function idOf(given: string): { queue: string; id: string } {
  const at = typeof given === 'string' ? given.indexOf(BETWEEN) : -1
  if (at < 0)
    throw new InvalidArgumentError(`jobResult(): '${String(given)}' is not an id that enqueue() has returned`)
  return { queue: Buffer.from(given.slice(0, at), 'base64url').toString(), id: given.slice(at + 1) }
}

function outcomeOf(name: string, { answer, message }: Extract<JobState, { answer: unknown }>): unknown {
  const frame = answer === undefined ? undefined : framesIn(answer)[0]
  if (frame === undefined) throw new Error(`${name}: the job has failed: ${message}`)
  if (frame.kind === VALUE) return decodePayload(name, 'its result', frame.payload)
  throw decodeError(name, frame.payload)
}
