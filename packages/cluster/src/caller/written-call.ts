import { type CarriedContext, PayloadTooLargeError } from '@bridge/core'
import { now, refuseUncloneable, type Task } from '@bridge/core/executor'
import type { Connection } from '../engine/engine.js'
import type { ModuleName } from '../modules/module-name.js'
import { CALL, type CallHead, encodeFrame, type Payload } from '../wire/frame.js'
import { encodeArguments, encodePayload } from '../wire/payload.js'
import { askedWith } from './opened-stream.js'

/**
 * Encodes the arguments and the context of a call.
 *
 * @throws NotCloneableError that names the path of a value that cannot be sent.
 */
export function writtenArguments({ name, args, context }: Task): Payload {
  if (context === undefined) return encodeArguments(`${name}()`, args)
  try {
    return encodePayload(`${name}()`, 'args', [args, withoutModules(context)], args)
  } catch (error) {
    refuseUncloneable(name, context)
    throw error
  }
}

/**
 * The frame of a call with its remaining time.
 *
 * @throws PayloadTooLargeError when it is larger than the engine's limit.
 */
export function callFrame(
  id: number,
  task: Task,
  module: ModuleName,
  payload: Payload,
  { address, maxBytes }: Connection
): Uint8Array {
  const frame = encodeFrame(CALL, id, headOf(task, module, address), payload)
  if (frame.length <= maxBytes) return frame
  throw new PayloadTooLargeError(`${task.name}(): its arguments have`, frame.length, maxBytes)
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** The head of a call's frame. */
function headOf(task: Task, module: ModuleName, from: string): CallHead {
  const { name, deadline, runTimeout, priority, affinity, onTimeout, context, trace } = task
  const asked = askedWith(task)
  // Assigned one by one: spreading seven optional properties makes as many objects for each call.
  const head: Mutable<CallHead> = {
    from,
    name,
    module: module.name,
    version: module.version,
    node: process.versions.node
  }
  if (deadline !== undefined) head.left = deadline - now()
  if (runTimeout !== undefined) head.runTimeout = runTimeout
  if (priority !== undefined) head.priority = priority
  if (affinity !== undefined) head.affinity = affinity
  if (onTimeout !== undefined) head.onTimeout = onTimeout
  if (asked !== 0) head.asked = asked
  if (context !== undefined) head.hasContext = true
  if (trace !== undefined) head.isTraced = true
  return head
}

/** The worker itself decides which modules it imports for a context. */
function withoutModules(context: CarriedContext): CarriedContext {
  return context.map(([name, , value]) => [name, undefined, value])
}
