import { QueueFullError, WorkerLostError } from '@bridge/core'
import { shown } from '../modules/module-name.js'
import type { SentCall } from './sent-call.js'

/** What to do next, in every message about a call that may have run. */
const MAY_HAVE_RUN =
  'the task may or may not have run; call it again if that is harmless, or use .with({ retries })'

/** The worker that had the call is gone. */
export function workerGone(call: SentCall, worker: string): WorkerLostError {
  return new WorkerLostError(`${call.where}: its worker, ${worker}, is gone; ${MAY_HAVE_RUN}`)
}

/** The worker exists, but does not know the call. */
export function resultLost(call: SentCall, worker: string): WorkerLostError {
  return new WorkerLostError(`${call.where}: the worker ${worker} has no such call any more; ${MAY_HAVE_RUN}`)
}

/** No worker has acknowledged the call. */
export function notAcknowledged(call: SentCall, engine: string): WorkerLostError {
  return new WorkerLostError(
    `${call.where}: no worker has acknowledged it, and ${engine} does not have it; ${MAY_HAVE_RUN}`
  )
}

/** Some frames of a stream have not arrived. */
export function itemsLost(call: SentCall): WorkerLostError {
  return new WorkerLostError(`${call.where}: items of its stream were lost on the way; open it again`)
}

/** No worker takes calls of the module. */
export function noWorker(call: SentCall, engine: string, offers: readonly string[]): WorkerLostError {
  const others =
    offers.length === 0 ? 'there is no worker at all' : `the current workers offer ${offers.join(', ')}`
  return new WorkerLostError(
    `${call.where}: no worker takes calls of ${shown(call.module)} from ${engine}, and ${others}; start a bridge-worker ` +
      'with that module. The task has not run',
    { mayHaveRun: false }
  )
}

/** The only workers that take calls of the module are being stopped. */
export function allLeaving(call: SentCall, workers: readonly string[]): WorkerLostError {
  const [are, take] = workers.length === 1 ? ['is', 'takes'] : ['are', 'take']
  return new WorkerLostError(
    `${call.where}: ${workers.join(', ')} ${are} being stopped and ${take} no more calls, and no other worker takes calls of ` +
      `${shown(call.module)} now; start another bridge-worker before the last one is stopped, or use .with({ retries }), ` +
      'which sends the call again. The task has not run',
    { mayHaveRun: false }
  )
}

/** The server did not take the call. */
export function notTaken(call: SentCall, engine: string, cause: Error): WorkerLostError {
  return new WorkerLostError(`${call.where}: ${engine} did not take the call: ${cause.message}`, {
    cause,
    mayHaveRun: false
  })
}

/** The call was sent again after an attempt in which it may have run, and has not run this time. */
export function notSentAgain(lost: Error, cause: Error): WorkerLostError {
  return new WorkerLostError(`${lost.message}. It was sent again: ${cause.message}`, { cause })
}

/** Every worker has the maximum number of calls. */
export function allFull(call: SentCall, message: string): QueueFullError {
  return new QueueFullError(`${call.where}: ${message}; try again later, or start more workers`)
}
