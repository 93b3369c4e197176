import type { CarriedContext, TaskInfo } from '@bridge/core'
import { encodeThrown, transfer } from '@bridge/core/executor'
import { loadModule, type Outcome, runTask, type TaskRun } from '@bridge/core/host'
import { markRelay, onCancel } from '@bridge/core/internal'
import type { Payload } from '../wire/frame.js'
import {
  encodeErrorForm,
  encodePayload,
  hasInstances,
  liveValue,
  type ReadPayload,
  readPayload,
  unreadableHere
} from '../wire/payload.js'
import { withoutPaths } from './hide-paths.js'
import {
  fromBytes,
  GAVE_ERROR,
  GAVE_VALUE,
  type ThreadRequest,
  type ThreadResult,
  toBytes
} from './request.js'
import { streamed } from './stream.js'

/**
 * Runs a call of another process in a thread of the worker's pool: the arguments are decoded and the result is encoded here,
 * so that the worker's main thread only forwards bytes.
 */
export const run = markRelay(function run(this: TaskInfo, ...request: ThreadRequest): unknown {
  const [name, module, codec, bytes, , , , node] = request
  let payload: ReadPayload
  try {
    payload = readPayload({ codec, bytes: fromBytes(bytes) })
    // The module's imports may register the classes.
    if (hasInstances(payload)) return loadModule(module).then(() => start(request, payload, this))
  } catch (error) {
    return threw(
      unreadableHere(`${name}()`, 'its arguments', error, `; its caller runs Node ${node}`),
      request
    )
  }
  return start(request, payload, this)
})

function start(request: ThreadRequest, payload: ReadPayload, task: TaskInfo): unknown {
  const [name, module, , , hasContext, deadline, , , carriers] = request
  let value: unknown
  try {
    value = liveValue(payload)
  } catch (error) {
    return threw(error, request)
  }
  const [args, context] = (hasContext ? value : [value]) as [readonly unknown[], CarriedContext?]
  const running = runTask({ name, module, args, deadline, context, carriers }, () => task.aborted)
  const { outcome } = running
  if (!(outcome instanceof Promise)) return answered(outcome, request, running, task)
  return until(task, running, outcome).then(settled => answered(settled, request, running, task))
}

/** Notifies the task when its caller, or the pool, has cancelled it. */
async function until(task: TaskInfo, running: TaskRun, outcome: Promise<Outcome>): Promise<Outcome> {
  const ignoreCancel = onCancel(task, reason => running.cancel(reason))
  try {
    return await outcome
  } finally {
    ignoreCancel()
  }
}

function answered(outcome: Outcome, request: ThreadRequest, running: TaskRun, task: TaskInfo): unknown {
  const [name] = request
  if (outcome.type === 'error') return errorAnswer(encodeErrorForm(shownTo(outcome.error, request)))
  if (outcome.type === 'stream') return streamed(outcome, request, running, task)
  try {
    return answer(GAVE_VALUE, encodePayload(`${name}()`, 'its result', outcome.value))
  } catch (error) {
    return threw(error, request)
  }
}

function threw(error: unknown, request: ThreadRequest): ThreadResult {
  return errorAnswer(encodeErrorForm(shownTo(encodeThrown(error), request)))
}

/** The error in the form that the caller may see. */
export function shownTo<T extends ReturnType<typeof encodeThrown>>(thrown: T, request: ThreadRequest): T {
  return request[9] ? withoutPaths(thrown, request[1]) : thrown
}

function errorAnswer(payload: Payload): ThreadResult {
  return answer(GAVE_ERROR, payload)
}

function answer(kind: ThreadResult[0], { codec, bytes }: Payload): ThreadResult {
  const sent = toBytes(bytes)
  const given: ThreadResult = [kind, codec, sent]
  // The buffer belongs only to this result, so it can be transferred.
  return typeof sent === 'string' ? given : transfer(given as never, [sent.buffer as ArrayBuffer])
}
