import { BridgeError, WorkerLostError } from '@bridge/core'
import type { Task } from '@bridge/core/executor'
import type { EndCause } from '../stats/thread-ends.js'

/** What a thread said of its end. */
export interface LastWords {
  /** In a box: it may be `undefined`. */
  thrown?: { readonly error: unknown }
  code?: number
  /** It ended without any. */
  hasVanished?: boolean
}

/** How a thread ended; `cause` and `why` are all there is where the executor ended it. */
export interface Kill {
  readonly cause: EndCause
  readonly why: string
  /** What it threw that nothing there caught. */
  readonly error?: unknown
}

const VANISHED =
  'ended without a word, as a thread does that runs out of memory (resourceLimits) or never comes up'

/** How a thread ended, for who counts and for who reads: by the executor, or by what the thread said. */
export function endOf({ thrown, code, hasVanished }: LastWords, kill: Kill | undefined): Kill {
  if (kill !== undefined) return kill
  if (hasVanished === true) return { cause: 'memory', why: VANISHED }
  if (thrown === undefined) return { cause: 'exit', why: exitOf(code) }
  const { error } = thrown
  const isMemory = (error as { code?: unknown } | null | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY'
  return { cause: isMemory ? 'memory' : 'error', why: `uncaught ${inWords(error)}`, error }
}

function exitOf(code: number | undefined): string {
  if (code === undefined) return 'ended after something there had closed the port that connects it'
  return `exited with code ${code}`
}

function inWords(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
}

/** The error of what ended with its thread: `why` where the executor ended it, else by what the thread said. */
export function lostError(
  subject: string,
  executor: string,
  { thrown, code, hasVanished }: LastWords,
  why: string | undefined
): WorkerLostError {
  const what = `${subject} ended with its thread of ${executor}`
  if (why !== undefined) return new WorkerLostError(`${what}: ${why}`)
  if (hasVanished === true) return new WorkerLostError(`${what}, which ${VANISHED}`)
  if (thrown === undefined) return new WorkerLostError(`${what}, which ${exitOf(code)}`)
  return new WorkerLostError(`${what}, by an uncaught ${inWords(thrown.error)}`, { cause: thrown.error })
}

/** The error of a thread that could not be made. */
export function notMade(subject: string, executor: string, cause: unknown): unknown {
  if (cause instanceof BridgeError) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new WorkerLostError(
    `${subject}: ${executor} can't make a thread; look at its options execArgv, env and resourceLimits: ${reason}`,
    { cause }
  )
}

/** Why a thread is ended whose task goes on after it was told to stop. */
export function stillRunning({ name }: Pick<Task, 'name'>, killGrace: number): string {
  return `${name}() did not stop within ${killGrace} ms (killGrace), so the thread was ended`
}

/** Why a thread is ended whose generator goes on after its stream was closed. */
export function stuckStream({ name }: Pick<Task, 'name'>): string {
  return `${name}() was closed, but its generator did not end, so its thread was ended`
}
