import { BridgeError, WorkerLostError } from '@bridge/core'
import type { Task } from '@bridge/core/executor'
import type { EndCause } from '../stats/thread-ends.js'

/** What a thread has reported about its end. */
export interface ThreadExitReport {
  /** In an object, because the error may be `undefined`. */
  thrown?: { readonly error: unknown }
  code?: number
  /** It ended without a report. */
  exitedSilently?: boolean
}

/** How a thread ended; only `cause` and `why` if the executor ended it. */
export interface Kill {
  readonly cause: EndCause
  readonly why: string
  /** The uncaught error. */
  readonly error?: unknown
}

const EXITED_SILENTLY =
  'ended without a report, as a thread does that runs out of memory (resourceLimits) or never starts'

/** How a thread ended, as a cause and in words: by the executor, or by the thread's report. */
export function endOf({ thrown, code, exitedSilently }: ThreadExitReport, kill: Kill | undefined): Kill {
  if (kill !== undefined) return kill
  if (exitedSilently === true) return { cause: 'memory', why: EXITED_SILENTLY }
  if (thrown === undefined) return { cause: 'exit', why: exitOf(code) }
  const { error } = thrown
  const isMemory = (error as { code?: unknown } | null | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY'
  return { cause: isMemory ? 'memory' : 'error', why: `uncaught ${inWords(error)}`, error }
}

function exitOf(code: number | undefined): string {
  if (code === undefined) return 'ended after code there had closed the port of its connection'
  return `exited with code ${code}`
}

function inWords(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
}

/** The error for what ended with its thread: `why` if the executor ended it, otherwise by the thread's report. */
export function lostError(
  subject: string,
  executor: string,
  { thrown, code, exitedSilently }: ThreadExitReport,
  why: string | undefined
): WorkerLostError {
  const what = `${subject} ended with its thread of ${executor}`
  if (why !== undefined) return new WorkerLostError(`${what}: ${why}`)
  if (exitedSilently === true) return new WorkerLostError(`${what}, which ${EXITED_SILENTLY}`)
  if (thrown === undefined) return new WorkerLostError(`${what}, which ${exitOf(code)}`)
  return new WorkerLostError(`${what}, by an uncaught ${inWords(thrown.error)}`, { cause: thrown.error })
}

/** The error of a thread that could not be created. */
export function notMade(subject: string, executor: string, cause: unknown): unknown {
  if (cause instanceof BridgeError) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new WorkerLostError(
    `${subject}: ${executor} can't create a thread; check its options execArgv, env and resourceLimits: ${reason}`,
    { cause }
  )
}

/** Why a thread is terminated whose task continues after it was cancelled. */
export function stillRunning({ name }: Pick<Task, 'name'>, killGrace: number): string {
  return `${name}() did not stop within ${killGrace} ms (killGrace), so the thread was ended`
}

/** Why a thread is terminated whose generator continues after its stream was closed. */
export function stuckStream({ name }: Pick<Task, 'name'>): string {
  return `${name}() was closed, but its generator did not end, so its thread was ended`
}
