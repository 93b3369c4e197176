import { WorkerLostError } from '@bridge/core'

/** What a thread said of its end. */
export interface LastWords {
  thrown?: unknown
  code?: number
}

/** The error of what ended with its thread: `why` where the executor ended it, else by what the thread said. */
export function lostError(
  subject: string,
  executor: string,
  { thrown, code }: LastWords,
  why: string | undefined
): WorkerLostError {
  const what = `${subject} ended with its thread of ${executor}`
  if (why !== undefined) return new WorkerLostError(`${what}: ${why}`)
  if (thrown === undefined) return new WorkerLostError(`${what}, which exited with code ${code ?? 0}`)
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
  return new WorkerLostError(`${what}, by an uncaught ${message}`, { cause: thrown })
}
