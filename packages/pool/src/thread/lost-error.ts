import { WorkerLostError } from '@bridge/core'
import type { EndCause } from '../stats/thread-ends.js'

/** What a thread said of its end. */
export interface LastWords {
  thrown?: unknown
  code?: number
  /** It ended without any. */
  hasVanished?: boolean
}

/** Why the executor ended a thread. */
export interface Kill {
  readonly cause: EndCause
  readonly why: string
}

const VANISHED =
  'ended without a word, as a thread does that runs out of memory (resourceLimits) or never comes up'

/** How a thread ended, for who counts and for who reads: by the executor, or by what the thread said. */
export function endOf({ thrown, code, hasVanished }: LastWords, kill: Kill | undefined): Kill {
  if (kill !== undefined) return kill
  if (hasVanished === true) return { cause: 'memory', why: VANISHED }
  if (thrown === undefined) return { cause: 'exit', why: `exited with code ${code ?? 0}` }
  const isMemory = (thrown as { code?: unknown } | null)?.code === 'ERR_WORKER_OUT_OF_MEMORY'
  return { cause: isMemory ? 'memory' : 'error', why: `uncaught ${inWords(thrown)}` }
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
  if (thrown === undefined) return new WorkerLostError(`${what}, which exited with code ${code ?? 0}`)
  return new WorkerLostError(`${what}, by an uncaught ${inWords(thrown)}`, { cause: thrown })
}
